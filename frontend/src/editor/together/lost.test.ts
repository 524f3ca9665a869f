/** Whose value was replaced, and what brings a deleted node back. */
import { describe, expect, it } from 'vitest'
import type { Operation, WorkflowDocument } from '../../api/document'
import { apply, applyFitting } from '../../document/operations'
import { Losses, NEAR_MS, shortly } from './lost'

const node = (id: string) => ({ id, type: 't', position: { x: 0, y: 0 }, data: {} })
const edge = { id: 'ab', source: 'a', target: 'b' }
const before: WorkflowDocument = { nodes: [node('a'), node('b')], edges: [edge] }
const set = (value: unknown, field = 'x'): Operation => ({ op: 'field.set', id: 'a', field, value })
const taken = (version: number, own: boolean, baseVersion: number, ...operations: Operation[]) => ({
  change: {
    version,
    batchId: String(version),
    follows: null,
    baseVersion,
    label: '',
    author: { id: '2', name: 'Mia' },
    operations,
  },
  before,
  own,
})

describe('what edits lose', () => {
  it('names the value that an author replaced who had not seen it', () => {
    let now = 0
    const losses = new Losses(() => now)
    expect(losses.take(taken(2, true, 1, set(512)))).toEqual([])
    now = 10 * NEAR_MS
    const [lost] = losses.take(taken(3, false, 1, set(640)))
    expect(lost).toMatchObject({ kind: 'value', mine: 512, theirs: 640, author: { name: 'Mia' } })
    expect(losses.take(taken(4, false, 1, set(700)))).toEqual([])
  })

  it('names one that was replaced within seconds, and none after that', () => {
    let now = 0
    const losses = new Losses(() => now)
    losses.take(taken(2, true, 1, set(1)))
    now = NEAR_MS - 1
    expect(losses.take(taken(3, false, 2, set(2)))).toHaveLength(1)
    losses.take(taken(4, true, 3, set(3)))
    now += NEAR_MS
    expect(losses.take(taken(5, false, 4, set(4)))).toEqual([])
  })

  it('is silent about other fields, equal values and where the view is', () => {
    const losses = new Losses(() => 0)
    losses.take(taken(2, true, 1, set(1), { op: 'meta.set', key: 'viewport', value: 1 }))
    const others: Operation = { op: 'meta.set', key: 'viewport', value: 2 }
    expect(losses.take(taken(3, false, 1, set(1), set(2, 'y'), others))).toEqual([])
  })

  it('brings a node back that was deleted while it was edited, with its connections', () => {
    const losses = new Losses(() => 0)
    losses.take(taken(2, true, 1, set(1)))
    const removal: Operation[] = [
      { op: 'edge.remove', id: 'ab' },
      { op: 'node.remove', id: 'a' },
    ]
    const [lost] = losses.take(taken(3, false, 2, ...removal))
    expect(lost?.kind).toBe('node')
    const operations = lost?.kind === 'node' ? lost.operations : []
    const back = applyFitting(apply(before, removal), operations)
    expect(back.dropped).toEqual([])
    expect(back.document).toEqual(before)
  })

  it('says a value in a few words', () => {
    expect([shortly('', 'nothing'), shortly(640, ''), shortly('x'.repeat(99), '')]).toEqual([
      'nothing',
      '640',
      `${'x'.repeat(39)}…`,
    ])
  })
})
