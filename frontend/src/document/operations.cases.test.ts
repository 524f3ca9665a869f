/** The cases of operations that hold in every language; Python runs the same file. */
import { expect, it } from 'vitest'
import cases from '../../../tests/pure/operations_cases.json'
import type { Operation, WorkflowDocument } from '../api/document'
import { apply, applyWithInverse } from './operations'

it.each(cases as unknown as Case[])('$name', ({ document, operations, result, refused }) => {
  if (refused !== undefined) {
    expect(() => apply(document, operations)).toThrow()
    return
  }
  const done = applyWithInverse(document, operations)
  expect(done.document).toEqual(result)
  expect(apply(done.document, done.inverse)).toEqual(document)
})

interface Case {
  name: string
  document: WorkflowDocument
  operations: Operation[]
  result?: WorkflowDocument
  refused?: string
}
