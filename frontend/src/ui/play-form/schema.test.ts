import { describe, expect, test } from 'vitest'
import type { Schema } from '../../api/play'
import { formOf, formProblems, groupsOf, initialValues, inputsOf, sortIssues } from './schema'

const schema: Schema = {
  name: 'Sticker',
  cover: null,
  description: '',
  fields: [
    { name: 'picture', type: 'image', required: true },
    { name: 'edge_width', type: 'pills', options: ['Thin', 'Bold'], default: 'Thin' },
    { name: 'size', type: 'slider', label: 'Size', min: 4, max: 20, step: 2, help: 'In px.' },
    { name: 'caption', type: 'text', required: true },
    { name: 'caption', type: 'number' },
  ],
  values: { picture: null, edge_width: 'Bold', size: 8, caption: 'Hello' },
}
const form = formOf(schema)

describe('the form of a schema', () => {
  test('has a row per field, in order, the first of two equal names', () => {
    expect(form.map(row => row.name)).toEqual(['picture', 'edge_width', 'size', 'caption'])
    expect(form.map(row => row.spec.widget)).toEqual(['asset', 'pills', 'slider', 'text'])
  })

  test('carries labels, help, limits and options', () => {
    const [picture, edge, size] = form.map(row => row.spec)
    expect(picture).toMatchObject({ label: 'Picture', type: 'image', required: true })
    expect(edge).toMatchObject({ label: 'Edge width', options: ['Thin', 'Bold'] })
    expect(size).toMatchObject({ min: 4, max: 20, step: 2, help: 'In px.' })
  })

  test('begins with the saved values, or else the defaults', () => {
    expect(initialValues(form)).toEqual({
      picture: undefined,
      edge_width: 'Bold',
      size: 8,
      caption: 'Hello',
    })
    const unsaved = formOf({ ...schema, values: {} })
    expect(initialValues(unsaved).edge_width).toBe('Thin')
  })

  test('without fields is empty and runs with no inputs', () => {
    const none = formOf({ ...schema, fields: [], values: {} })
    expect(none).toEqual([])
    expect(inputsOf(none, {})).toEqual({})
  })
})

test('a number that is new for each run is left empty, and nobody is asked for it', () => {
  const seed = { name: 'seed', type: 'number', required: true, default: 7, randomize: true }
  const random = formOf({ ...schema, fields: [seed], values: { seed: null } })
  expect(initialValues(random)).toEqual({ seed: undefined })
  expect(formProblems(random, initialValues(random))).toEqual({})
  expect(inputsOf(random, initialValues(random))).toEqual({})
})

describe('what keeps a form from being sent', () => {
  test('a required file that is missing, told at its field', () => {
    expect(formProblems(form, initialValues(form))).toEqual({ picture: 'This needs a file.' })
  })

  test('a required text emptied by the person, though one is saved', () => {
    const values = { ...initialValues(form), picture: 'https://example.com/a.png', caption: '' }
    expect(formProblems(form, values)).toEqual({ caption: 'This needs a value.' })
  })

  test('a number beyond its limits', () => {
    const values = { ...initialValues(form), picture: 'https://example.com/a.png', size: 40 }
    expect(formProblems(form, values)).toEqual({ size: 'At most 20.' })
  })

  test('nothing, when a required field left empty has a saved value', () => {
    const saved = formOf({ ...schema, values: { ...schema.values, picture: '/media/x' } })
    expect(formProblems(saved, { ...initialValues(saved), picture: undefined })).toEqual({})
  })
})

test('only fields with a value are sent, false and 0 and empty text among them', () => {
  const values = { picture: undefined, edge_width: '', size: 0, caption: null }
  expect(inputsOf(form, values)).toEqual({ edge_width: '', size: 0 })
})

test('problems go to the field they name; those of the workflow stay together', () => {
  const issues = [
    { field: 'size', message: 'size is 900.' },
    { field: 'size', message: 'A second word about it.' },
    { field: 'width', message: 'width of a node.' },
    { message: 'There is a cycle.' },
  ]
  expect(sortIssues(form, issues)).toEqual({
    fields: { size: 'size is 900.' },
    others: ['width of a node.', 'There is a cycle.'],
  })
})

test('a form is in groups of neighbors, and what is advanced comes last', () => {
  const fields = [
    { name: 'a', type: 'text', group: 'Words' },
    { name: 'b', type: 'text', group: 'Words' },
    { name: 'c', type: 'text' },
    { name: 'd', type: 'text', advanced: true, group: 'Words' },
    { name: 'e', type: 'text', group: 'Words' },
  ]
  const { groups, advanced } = groupsOf(formOf({ fields, values: {} }))
  expect(groups.map(({ title, rows }) => [title, rows.map(row => row.name)])).toEqual([
    ['Words', ['a', 'b']],
    ['', ['c']],
    ['Words', ['e']],
  ])
  expect(advanced.map(row => row.name)).toEqual(['d'])
})
