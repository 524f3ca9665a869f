/** The cases of operations on an older document, which hold in every language. */
import { expect, it } from 'vitest'
import cases from '../../../tests/pure/rebase_cases.json'
import type { Operation, WorkflowDocument } from '../api/document'
import { apply, applyFitting } from './operations'

const ENDS: Record<string, string> = { ab: 'ab', bc: 'bc', ac: 'ac' }

function document(nodes: object[], edges: string[]): WorkflowDocument {
  const usual = { type: 'note', position: { x: 0, y: 0 }, data: {} }
  return {
    nodes: nodes.map(node => ({ ...usual, ...node }) as WorkflowDocument['nodes'][number]),
    edges: edges.map(id => ({ id, source: ENDS[id]?.[0] ?? '', target: ENDS[id]?.[1] ?? '' })),
  }
}

it.each(cases as unknown as Case[])('$name', ({ theirs, mine, result, refused }) => {
  const base = document([{ id: 'a' }, { id: 'b' }, { id: 'c' }], ['ab', 'bc'])
  const newer = apply(base, theirs)
  const done = applyFitting(newer, mine)
  if (refused !== undefined) {
    expect(done.dropped).toEqual([mine[refused]])
    return
  }
  expect(done.dropped).toEqual([])
  expect(done.document).toEqual(document(result?.nodes ?? [], result?.edges ?? []))
  expect(apply(newer, done.kept)).toEqual(done.document)
})

interface Case {
  name: string
  theirs: Operation[]
  mine: Operation[]
  result?: { nodes: object[]; edges: string[] }
  refused?: number
}
