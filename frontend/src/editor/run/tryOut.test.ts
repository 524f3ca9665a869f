import { expect, test } from 'vitest'
import type { NodeType } from '../../api/catalog'
import type { WorkflowDocument } from '../../api/document'
import { catalogOf } from '../../catalog/recorded'
import { nodesById } from '../../document/store'
import { canTryOut, tryOutOf } from './tryOut'

const PHOTO = { asset: 'a', url: '/media/a' }

const port = (name: string, type: string, many = false) => ({ name, type, label: name, many })

const type = (name: string, more: object): NodeType =>
  ({
    type: name,
    name,
    category: 'Image',
    description: '',
    inputs: [],
    outputs: [],
    aliases: [],
    version: 1,
    sink: false,
    runs: true,
    deterministic: true,
    dynamic: null,
    preview: 'image',
    width: 320,
    ...more,
  }) as NodeType

const catalog = catalogOf([
  type('upload', { outputs: [port('image', 'image')] }),
  type('list', { outputs: [port('items', 'list<image>')], preview: null }),
  type('blur', { inputs: [port('image', 'image')], outputs: [port('image', 'image')] }),
  type('sheet', { inputs: [port('images', 'list<image>', true)] }),
])

const edge = (source: string, out: string, target: string, into: string) => ({
  id: `${source}-${target}`,
  source,
  sourceHandle: `${out}-out`,
  target,
  targetHandle: `${into}-in`,
})

const results: Record<string, Record<string, unknown>> = {
  upload: { image: PHOTO },
  list: { items: [PHOTO, PHOTO] },
}

function tried(id: string, ...edges: object[]) {
  const nodes = ['upload', 'list', 'blur', 'sheet'].map(name => ({
    id: name,
    type: name,
    position: { x: 0, y: 0 },
    data: { radius: 3 },
  }))
  const document = { nodes, edges } as unknown as WorkflowDocument
  const node = nodesById(document).get(id)
  if (!node) throw new Error(id)
  return tryOutOf(document, node, catalog, source => results[source] ?? null)
}

test('a node is tried out with its fields and the results before it', () => {
  expect(tried('blur', edge('upload', 'image', 'blur', 'image'))).toEqual({
    type: 'blur',
    data: { radius: 3 },
    inputs: { image: PHOTO },
  })
})

test('without a result before it there is nothing to try', () => {
  expect(tried('blur', edge('sheet', 'image', 'blur', 'image'))).toBeNull()
})

test('a list goes where lists are taken, and nowhere else', () => {
  expect(tried('blur', edge('list', 'items', 'blur', 'image'))).toBeNull()
  const both = tried(
    'sheet',
    edge('upload', 'image', 'sheet', 'images'),
    edge('list', 'items', 'sheet', 'images'),
  )
  expect(both?.inputs).toEqual({ images: [PHOTO, PHOTO, PHOTO] })
})

test('only nodes that make an image and nothing else are tried out', () => {
  expect(canTryOut(type('blur', {}))).toBe(true)
  expect(canTryOut(type('list', { preview: null }))).toBe(false)
  expect(canTryOut(type('model', { deterministic: false }))).toBe(false)
  expect(canTryOut(undefined)).toBe(false)
})
