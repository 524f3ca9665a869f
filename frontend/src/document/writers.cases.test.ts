/** Two and three writers of one log in every order, by the cases that Python runs too. */
import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import cases from '../../../tests/pure/writers_cases.json'
import type { Operation, WorkflowDocument } from '../api/document'
import { apply, applyFitting, applyWithInverse } from './operations'

const node = (id: string) => ({ id, type: 'note', position: { x: 0, y: 0 }, data: {} })
const BASE: WorkflowDocument = {
  nodes: ['a', 'b', 'c'].map(node),
  edges: [
    { id: 'ab', source: 'a', target: 'b' },
    { id: 'bc', source: 'b', target: 'c' },
  ],
}

function* orders(lengths: number[]): Generator<number[]> {
  if (!lengths.some(Boolean)) yield []
  for (const [writer, left] of lengths.entries()) {
    if (!left) continue
    const rest = lengths.map((length, at) => (at === writer ? length - 1 : length))
    for (const order of orders(rest)) yield [writer, ...order]
  }
}

/** Write as Python does with sorted keys. */
function written(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(written).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const pairs = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${pairs.map(([key, item]) => `${JSON.stringify(key)}:${written(item)}`).join(',')}}`
}

function end(writers: Step[][], order: number[]): WorkflowDocument {
  let server = BASE
  const log: Operation[][] = []
  const send = (operations: Operation[]) => {
    const { kept } = applyFitting(server, operations)
    const done = applyWithInverse(server, kept)
    server = done.document
    log.push(kept)
    return done.inverse
  }
  const replicas = writers.map(() => ({ document: BASE, known: 0 }))
  const undo: Operation[][] = writers.map(() => [])
  const turns = writers.map(steps => steps[Symbol.iterator]())
  for (const writer of order) {
    const step = turns[writer]?.next().value
    const replica = replicas[writer]
    if (!step || !replica) throw new Error('no such writer')
    if (step.undo) send(undo[writer] ?? [])
    else if (!step.read) undo[writer] = send(step.ops ?? step.put ?? [])
    for (const operations of log.slice(replica.known)) {
      replica.document = apply(replica.document, operations)
    }
    replica.known = log.length
    expect(replica.document).toEqual(server)
  }
  return server
}

it.each(cases as unknown as Case[])('$name', ({ writers, digest }) => {
  const ends = [...orders(writers.map(({ length }) => length))].map(order => end(writers, order))
  const text = ends.map(written).join('\n')
  expect(createHash('sha256').update(text).digest('hex')).toBe(digest)
})

interface Step {
  ops?: Operation[]
  put?: Operation[]
  undo?: boolean
  read?: boolean
}

interface Case {
  name: string
  writers: Step[][]
  digest: string
}
