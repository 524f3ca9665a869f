/** Choosing which values and results of a ComfyUI graph are ports, and taking it back. */

import { beforeEach, describe, expect, it } from 'vitest'
import type { NodeType } from '../../api/catalog'
import type { DocumentNode, JsonObject } from '../../api/document'
import type { ComfyNode } from '../../api/schema'
import { input } from '../../catalog/ports'
import { catalogOf } from '../../catalog/recorded'
import { fieldValue, requestValue } from '../../document/check'
import { DocumentStore } from '../../document/store'
import { thrown } from '../../ui/fields/NumberField'
import { requestSpec, specOf } from '../../ui/fields/spec'
import { layout } from '../flow/layout'
import type { Session } from '../session'
import {
  changeRow,
  choicesOf,
  freeName,
  inputRow,
  moveRow,
  outputRow,
  randomizeInput,
  tagsOf,
} from './comfy'

const comfy = {
  type: 'comfyWorkflow',
  name: 'ComfyUI workflow',
  category: 'Apps',
  description: '',
  aliases: [],
  version: 1,
  sink: false,
  runs: true,
  dynamic: 'declared',
  preview: null,
  width: 320,
  inputs: [
    input({ name: 'graph', type: 'json', port: false }),
    input({ name: 'tags', type: 'json', port: false }),
  ],
  outputs: [{ name: 'files', type: 'list<file>', label: 'Files' }],
} as NodeType

const drawn = (type: string, title = type, more: Partial<ComfyNode> = {}): ComfyNode => ({
  id: '6',
  title,
  type,
  x: 0,
  y: 0,
  width: 0,
  height: 0,
  mode: 0,
  collapsed: false,
  inputs: [],
  outputs: [],
  widgets: [],
  ...more,
})

const at = (input: string) => ({ node: '6', input })
const seed = { node: '3', input: 'seed' }

const catalog = catalogOf([comfy])
let store: DocumentStore
let session: Session
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
  const wire = {
    id: 'e',
    source: 'o',
    target: 'c',
    sourceHandle: 'text-out',
    targetHandle: 'prompt-in',
  }
  store = new DocumentStore({ nodes: [node, other], edges: [wire] }, true)
  session = { store, catalog: catalog } as unknown as Session
})

describe('a value of the graph becomes an input', () => {
  it.each([
    ['CLIPTextEncode', 'text', 'a dog', 'textarea'],
    ['KSampler', 'seed', 7, 'number'],
    ['KSampler', 'tiled', true, 'toggle'],
    ['SaveImage', 'filename_prefix', 'x', 'text'],
    ['Any', 'words', 'one\ntwo', 'textarea'],
    ['LoadImage', 'image', 'cat.png', 'image'],
    ['LoadAudio', 'audio', 'a.mp3', 'audio'],
    ['LoadImage', 'upload', 'x', 'text'],
  ])('%s.%s = %j is asked for as %s', (type, name, value, kind) => {
    expect(inputRow({ node: '12:6', input: name }, drawn(type), { name, value }, [])).toMatchObject(
      {
        name,
        type: kind,
        target: { node: '12:6', input: name },
      },
    )
  })

  it('with a name no other has, under the title its node was given', () => {
    const row = inputRow(at('seed'), drawn('KSampler', 'First pass'), { name: 'seed', value: 1 }, [
      'seed',
    ])
    expect(row).toMatchObject({ name: 'seed_2', label: 'First pass: seed' })
    const text = { name: 'text', value: '' }
    expect(inputRow(at('text'), drawn('CLIPTextEncode', 'Prompt'), text, [])).toMatchObject({
      name: 'prompt',
      label: 'Prompt',
    })
    const label = { name: 'label', value: 1 }
    expect(inputRow(at('label'), drawn('Any'), label, []).name).toBe('label_2')
  })

  it('from the open graph, and is none again with its value and its wires gone', () => {
    const widget = { name: 'seed', value: 3 }
    choicesOf(session, 'c')?.toggleInput(seed, drawn('KSampler'), widget)
    expect(names('inputs')).toEqual(['prompt', 'seed'])
    expect(choicesOf(session, 'c')?.inputs).toEqual([
      { name: 'seed', label: 'Seed', node: '3', widget: 'seed' },
    ])
    choicesOf(session, 'c')?.toggleInput(seed, drawn('KSampler'), widget)
    expect(names('inputs')).toEqual(['prompt'])
    store.undo()
    expect(names('inputs')).toEqual(['prompt', 'seed'])
  })
})

describe('results of a node become an output', () => {
  it.each([
    ['SaveImage', 'list<image>'],
    ['VHS_VideoCombine', 'list<video>'],
    ['SaveAudioMP3', 'list<audio>'],
    ['Anything', 'list<file>'],
  ])('%s gives %s', (type, kind) => {
    expect(outputRow('9', drawn(type), []).type).toBe(kind)
  })

  it('and are none again', () => {
    choicesOf(session, 'c')?.toggleOutput('9', drawn('SaveImage'))
    expect(names('outputs')).toEqual([])
    choicesOf(session, 'c')?.toggleOutput('9', drawn('SaveImage', 'Save it'))
    expect(data().outputs).toEqual([
      { name: 'save_it', label: 'Save it', type: 'list<image>', node: '9' },
    ])
  })
})

describe('a port', () => {
  it('takes its value and its wires along when it is renamed, in one step', () => {
    changeRow(session, 'c', 'inputs', 'prompt', { name: 'words' })
    expect(data().words).toBe('a cat')
    expect(data().prompt).toBeUndefined()
    expect(store.document.edges[0].targetHandle).toBe('words-in')
    store.undo()
    expect(data().prompt).toBe('a cat')
    expect(store.document.edges[0].targetHandle).toBe('prompt-in')
  })

  it('is moved to another place, never out of the list', () => {
    choicesOf(session, 'c')?.toggleInput(seed, drawn('KSampler'), { name: 'seed', value: 3 })
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
    const row = inputRow(seed, drawn('KSampler'), { name: 'seed', value: 7 }, [])
    store.edit([{ op: 'field.set', id: 'c', field: 'inputs', value: [row] }], { label: 'x' })
    store.edit([{ op: 'field.set', id: 'c', field: 'seed', value: 5 }], { label: 'x' })
    const name = names('inputs')[0]
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

  it('that its file randomizes becomes an input that is new for each run', () => {
    const row = (value: unknown, control?: string) =>
      inputRow(seed, drawn('KSampler'), { name: 'seed', value, control } as never, [])
    expect(row(7, 'randomize')).toMatchObject({ type: 'number', default: 7, randomize: true })
    expect(row('18446744073709551615', 'randomize')).toMatchObject({
      type: 'number',
      default: null,
    })
    expect(row(7, 'fixed')).not.toHaveProperty('randomize')
    expect(row('euler', 'randomize')).toMatchObject({ type: 'text' })
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
