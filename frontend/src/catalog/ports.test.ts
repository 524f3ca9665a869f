/** The table of conversions and the ports of nodes, case by case as the server returns them. */
import { describe, expect, it } from 'vitest'
import cases from '../../../tests/pure/declared_ports_cases.json'
import type { NodeType } from '../api/catalog'
import type { Json, JsonObject } from '../api/document'
import { input, placeholders, portName } from './ports'
import { catalogOf } from './recorded'

const { rules } = catalogOf([])

const base: NodeType = {
  type: 't',
  name: 'T',
  category: 'Test',
  description: '',
  inputs: [],
  outputs: [],
  aliases: [],
  version: 1,
  sink: false,
  runs: true,
  deterministic: true,
  dynamic: null,
  preview: null,
  width: 280,
}

describe('whether a value fits a port', () => {
  it.each([
    ['image', 'image', 'same'],
    ['list<image>', 'list<image>', 'same'],
    ['image', 'list<image>', 'same'],
    ['list<image>', 'image', 'each:same'],
    ['list<number>', 'text', 'each:automatic'],
    ['list<text>', 'number', 'each:parsed'],
    ['list<image>', 'any', 'any'],
    ['list<text>', 'json', 'parsed'],
    ['list<image>', 'json', null],
    ['any', 'mask', 'any'],
    ['list<any>', 'image', 'each:any'],
    ['text', 'any', 'any'],
    ['number', 'text', 'automatic'],
    ['boolean', 'text', 'automatic'],
    ['color', 'text', 'automatic'],
    ['image', 'file', 'automatic'],
    ['json', 'file', 'automatic'],
    ['mask', 'image', 'automatic'],
    ['table', 'json', 'automatic'],
    ['json', 'table', 'automatic'],
    ['text', 'number', 'parsed'],
    ['text', 'color', 'parsed'],
    ['text', 'boolean', 'parsed'],
    ['image', 'mask', null],
    ['text', 'image', null],
    ['text', 'file', null],
    ['mask', 'file', null],
    ['number', 'boolean', null],
    ['video', 'image', null],
    ['list<video>', 'image', null],
  ])('%s into %s: %s', (source, target, how) => {
    expect(rules.fits(source, target)).toBe(how)
  })

  it('is said in a sentence when it does not', () => {
    expect(rules.whyNot('text', 'mask')).toMatch(/^Text does not fit Mask\./)
    expect(rules.whyNot('image', 'mask')).toContain('Mask from image')
    expect(rules.whyNot('image', 'image')).toBeNull()
    expect(rules.label('list<image>')).toBe('List of Image')
  })
})

describe('the ports of a node', () => {
  it('of a template follow its text, once each and in order', () => {
    expect(placeholders('Hi {name}, {{not}} {age} {name} {1x}')).toEqual(['name', 'age'])
    const template = {
      ...base,
      dynamic: 'placeholders' as const,
      inputs: [input({ name: 'text', type: 'text', port: false })],
    }
    const ports = rules.inputsOf(template, { text: '{text} and {who}' })
    expect(ports.map(port => [port.name, port.required])).toEqual([
      ['text', false],
      ['who', true],
    ])
  })

  it('have limits and choices that are too large for a number of JavaScript', () => {
    const inputs = [
      { name: 'n', type: 'number', max: 2n ** 64n },
      { name: 's', type: 'select', options: [2n ** 64n, 1, true] },
    ] as unknown as Json
    const ports = rules.inputsOf({ ...base, dynamic: 'declared' }, { inputs })
    expect(ports[0]?.max).toBe(2 ** 64)
    expect(ports[1]?.options).toEqual(['18446744073709551616', '1'])
  })

  it('of a request input follow its fields, then come the declared ones', () => {
    const request = {
      ...base,
      dynamic: 'fields' as const,
      outputs: [{ name: 'params', type: 'json', label: '' }],
    }
    const fields = [
      { name: 'photo', type: 'image', label: 'Photo' },
      { name: 'n', type: 'slider' },
      { name: '', type: 'text' },
      'nonsense',
      { name: 'odd', type: 'unheard' },
    ] as Json
    expect(
      rules.outputsOf(request, { fields }).map(port => [port.name, port.type, port.label]),
    ).toEqual([
      ['photo', 'image', 'Photo'],
      ['n', 'number', 'n'],
      ['odd', 'any', 'odd'],
      ['params', 'json', ''],
    ])
  })

  it('are named by handles with or without their side, the exact name first', () => {
    expect(portName('image-in', 'in', ['image'])).toBe('image')
    expect(portName('image', 'in', ['image'])).toBe('image')
    expect(portName('check-in', 'in', ['check-in', 'check'])).toBe('check-in')
    expect(portName('image-out', 'in', ['image'])).toBeNull()
    expect(portName(null, 'in', ['only'])).toBe('only')
    expect(portName(null, 'in', ['a', 'b'])).toBeNull()
    expect(portName(undefined, 'out', [])).toBeNull()
  })
})

describe('the ports of a fal app', () => {
  it('follow the names its references begin with', () => {
    const app = {
      ...base,
      dynamic: 'sources' as const,
      inputs: [input({ name: 'after', type: 'any', many: true })],
    }
    const ports = rules.inputsOf(app, { sources: ['draw', 'input.prompt', 'draw', 7, ''] })
    expect(ports.map(port => [port.name, port.type])).toEqual([
      ['after', 'any'],
      ['$draw', 'any'],
      ['$input.prompt', 'any'],
    ])
    expect(rules.inputsOf(app, { sources: 'draw' })).toEqual(app.inputs)
  })
})

describe('the ports a node declares', () => {
  const type: NodeType = {
    ...base,
    dynamic: 'declared',
    inputs: [
      input({ name: 'graph', type: 'json', port: false }),
      input({ name: 'tags', type: 'json', port: false }),
    ],
    outputs: [{ name: 'files', type: 'list<file>', label: '' }],
  }
  it.each(cases as unknown as Case[])('$name', ({ data, inputs, outputs }) => {
    const found = rules.inputsOf(type, data).slice(type.inputs.length)
    expect(
      found.map(port => [port.name, port.type, port.label, port.required, port.widget]),
    ).toEqual(inputs)
    expect(
      rules.outputsOf(type, data).map(({ name, type: kind, label }) => [name, kind, label]),
    ).toEqual([...outputs, ['files', 'list<file>', '']])
  })
})

interface Case {
  name: string
  data: JsonObject
  inputs: Json[][]
  outputs: Json[][]
}
