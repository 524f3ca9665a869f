/** Choosing which values and results of a ComfyUI graph are ports, and taking it back. */

import { beforeEach, describe, expect, it } from 'vitest'
import type { NodeType } from '../../api/catalog'
import type { DocumentNode, JsonObject } from '../../api/document'
import type { ComfyPorts } from '../../api/schema'
import { input } from '../../catalog/ports'
import { catalogOf } from '../../catalog/recorded'
import { fieldValue, requestValue } from '../../document/check'
import { DocumentStore } from '../../document/store'
import { thrown } from '../../ui/fields/NumberField'
import { requestSpec, specOf } from '../../ui/fields/spec'
import { layout } from '../flow/layout'
import type { Session } from '../session'
import { changeRow, choicesOf, freeName, moveRow, randomizeInput, tagsOf } from './comfy'

const comfy = {
  type: 'comfyWorkflow',
  name: 'ComfyUI workflow',
  category: 'Apps',
  description: '',
  aliases: [],
  version: 1,
  sink: false,
  runs: true,
  deterministic: true,
  dynamic: 'declared',
  preview: null,
  width: 320,
  inputs: [
    input({ name: 'graph', type: 'json', port: false }),
    input({ name: 'tags', type: 'json', port: false }),
  ],
  outputs: [{ name: 'files', type: 'list<file>', label: 'Files' }],
} as NodeType

const seed = { node: '3', input: 'seed' }
/** As the server says it of a graph. */
const ports: ComfyPorts = {
  inputs: [
    { name: 'prompt', label: 'Prompt', type: 'textarea', target: { node: '6', input: 'text' } },
    { name: 'seed', label: 'Seed', type: 'number', target: seed, default: 3 },
  ],
  outputs: [{ name: 'save_it', label: 'Save it', type: 'list<image>', node: '9' }],
}

const catalog = catalogOf([comfy])
let store: DocumentStore
let session: Session
const choices = () => choicesOf(session, 'c', ports)
const data = () => store.node('c')?.data as JsonObject
const names = (side: 'inputs' | 'outputs') =>
  (data()[side] as { name: string }[]).map(row => row.name)

beforeEach(() => {
  const node: DocumentNode = {
    id: 'c',
    type: 'comfyWorkflow',
    position: { x: 0, y: 0 },
    data: {
      graph: {},
      inputs: [{ name: 'prompt', type: 'text', target: { placeholder: 'prompt' } }],
      outputs: [{ name: 'pictures', type: 'list<image>', node: '9' }],
      prompt: 'a cat',
    },
  }
  const other: DocumentNode = { id: 'o', type: 'other', position: { x: 0, y: 0 }, data: {} }
  const edge = {
    id: 'e',
    source: 'o',
    target: 'c',
    sourceHandle: 'text-out',
    targetHandle: 'prompt-in',
  }
  store = new DocumentStore({ nodes: [node, other], edges: [edge] }, true)
  session = { store, catalog } as unknown as Session
})

describe('a value of the graph', () => {
  it('becomes an input, and is none again with its value and its edges gone', () => {
    choices()?.inputToggle(seed)?.()
    expect(names('inputs')).toEqual(['prompt', 'seed'])
    expect(choices()?.inputs).toEqual([{ name: 'seed', label: 'Seed', node: '3', widget: 'seed' }])
    choices()?.inputToggle(seed)?.()
    expect(names('inputs')).toEqual(['prompt'])
    store.undo()
    expect(names('inputs')).toEqual(['prompt', 'seed'])
  })

  it('gets a name that nothing else of the node has', () => {
    choices()?.inputToggle({ node: '6', input: 'text' })?.()
    expect(names('inputs')).toEqual(['prompt', 'prompt_2'])
  })

  it('that cannot be an input is not offered, nor is anything where nothing can be changed', () => {
    expect(choices()?.inputToggle({ node: '4', input: 'ckpt_name' })).toBeNull()
    store = new DocumentStore(store.document, false)
    session = { store, catalog } as unknown as Session
    expect(choices()?.inputToggle(seed)).toBeNull()
    expect(choices()?.outputToggle('9')).toBeNull()
  })
})

it('results of a node become an output, and are none again', () => {
  choices()?.outputToggle('9')?.()
  expect(names('outputs')).toEqual([])
  choices()?.outputToggle('9')?.()
  expect(data().outputs).toEqual(ports.outputs)
  expect(choices()?.outputToggle('4')).toBeNull()
})

describe('a port', () => {
  it('takes its value and its edges along when it is renamed, in one step', () => {
    changeRow(session, 'c', 'inputs', 'prompt', { name: 'words' })
    expect(data().words).toBe('a cat')
    expect(data().prompt).toBeUndefined()
    expect(store.document.edges[0]?.targetHandle).toBe('words-in')
    store.undo()
    expect(data().prompt).toBe('a cat')
    expect(store.document.edges[0]?.targetHandle).toBe('prompt-in')
  })

  it('is moved to another place, never out of the list', () => {
    choices()?.inputToggle(seed)?.()
    moveRow(session, 'c', 'inputs', 'seed', -1)
    expect(names('inputs')).toEqual(['seed', 'prompt'])
    moveRow(session, 'c', 'inputs', 'seed', -1)
    expect(names('inputs')).toEqual(['seed', 'prompt'])
  })

  it('never gets a name that something else of the node has', () => {
    expect(freeName('Graph', data(), 'inputs', 'prompt')).toBe('graph_2')
    expect(freeName('prompt', data(), 'inputs', 'prompt')).toBe('prompt')
    expect(freeName('prompt', data(), 'inputs', 'seed')).toBe('prompt_2')
  })
})

it('the card has a place for results, the graph, and a row and a socket for each port', () => {
  const node = store.node('c') as DocumentNode
  const found = layout(catalog, node, { in: ['prompt-in'], out: [] })
  expect(found.rows.map(row => row.kind)).toEqual(['preview', 'graph', 'ports', 'ports', 'field'])
  expect(found.ports.map(port => port.id)).toEqual(['pictures-out', 'files-out', 'prompt-in'])
})

it('tags are those that are texts', () => {
  expect(tagsOf({ tags: ['a', 3, null, 'b'] })).toEqual(['a', 'b'])
  expect(tagsOf({ tags: 'a' })).toEqual([])
})

describe('a seed', () => {
  it.each([
    ['seed', true],
    ['noise_seed', true],
    ['first_seed_2', true],
    ['seeds', false],
    ['steps', false],
  ])('%s can be thrown: %s', (name, dice) => {
    expect(specOf(input({ name, type: 'number', widget: 'number' })).dice).toBe(dice)
  })

  it('is thrown inside its limits', () => {
    expect(thrown({ min: 3, max: 5 }, () => 0)).toBe(3)
    expect(thrown({ min: 3, max: 5 }, () => 0.9999)).toBe(5)
    expect(Number.isSafeInteger(thrown({ min: null, max: 2 ** 64 }, () => 0.9999))).toBe(true)
    expect(thrown({ min: 0, max: null }, () => 1 - 2 ** -40)).toBeLessThan(2 ** 31)
    expect(thrown({ min: 2 ** 40, max: null }, () => 0.5)).toBeGreaterThan(2 ** 40)
  })

  it('is made new for each run, and fixed again, in steps that can be undone', () => {
    const value = [{ name: 'seed', type: 'number', default: 7 }]
    store.edit([{ op: 'field.set', id: 'c', field: 'inputs', value }], { label: 'x' })
    store.edit([{ op: 'field.set', id: 'c', field: 'seed', value: 5 }], { label: 'x' })
    const name = 'seed'
    const port = () =>
      catalog.rules.inputsOf(comfy, data()).find(found => found.name === name) as ReturnType<
        typeof input
      >
    expect(fieldValue({ data: data() }, port())).toBe(5)
    randomizeInput(session, 'c', name)
    expect(port().randomize).toBe(true)
    expect(fieldValue({ data: data() }, port())).toBeNull()
    store.undo()
    expect(fieldValue({ data: data() }, port())).toBe(5)
    expect(port().randomize).toBe(false)
  })

  it('needs no value where each run draws it', () => {
    const field = { name: 'n', type: 'number', required: true, randomize: true, default: 5 }
    expect(requestSpec(field)).toMatchObject({ required: false, dice: true, randomize: true })
    expect(requestValue({}, field)).toBeNull()
    expect(requestValue({ values: { n: 3 } }, field)).toBe(3)
    expect(requestValue({}, { ...field, randomize: false })).toBe(5)
    expect(requestSpec({ ...field, type: 'slider' }).randomize).toBe(false)
  })
})
