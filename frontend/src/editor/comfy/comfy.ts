/** Edits of a ComfyUI workflow node: which values and results of its graph are ports. */
import type { Json, JsonObject, Operation } from '../../api/document'
import type { ComfyPorts, DeclaredInput, DeclaredOutput } from '../../api/schema'
import { declaredInputs, declaredOutputs } from '../../catalog/ports'
import type { Choices } from '../../comfy/choices'
import type { Target } from '../../comfy/view'
import { links } from '../../document/graph'
import { fieldName, numbered } from '../fields/request'
import type { Session } from '../session'
import { texts } from './texts'

/** Keys of the node's data that are not for values. */
const RESERVED = ['graph', 'tags', 'inputs', 'outputs', 'label', 'files', 'params', 'runner']
export type Side = 'inputs' | 'outputs'

/** The graph of a node's data; null when it has none. */
export function graphOf(data: JsonObject): JsonObject | null {
  const { graph } = data
  return typeof graph === 'object' && graph !== null && !Array.isArray(graph) ? graph : null
}

/** The tags a runner must have. */
export function tagsOf(data: JsonObject): string[] {
  return Array.isArray(data.tags) ? data.tags.filter(tag => typeof tag === 'string') : []
}

/** Return whether an input's value goes to this value of the graph. */
function aimsAt({ target }: DeclaredInput, { node, input }: Target): boolean {
  return target !== undefined && 'node' in target && target.node === node && target.input === input
}

function rowsOf(data: JsonObject, side: Side): Json[] {
  const rows = data[side]
  return Array.isArray(rows) ? rows : []
}

const nameOf = (row: Json) =>
  typeof row === 'object' && row !== null && !Array.isArray(row) ? row.name : undefined

/** Edges at the port of this name. */
function edgesAt(session: Session, id: string, side: Side, name: string) {
  const { into, outOf } = links(session.store.document)
  return side === 'inputs'
    ? (into.get(id) ?? []).filter(({ targetHandle: at }) => at === `${name}-in` || at === name)
    : (outOf.get(id) ?? []).filter(({ sourceHandle: at }) => at === `${name}-out` || at === name)
}

/** Add a row at the end, under its name or one like it that is free. */
function addRow(session: Session, id: string, side: Side, row: { name: string }): void {
  const node = session.store.node(id)
  if (!node) return
  const rows = rowsOf(node.data, side)
  const name = numbered(row.name, [...RESERVED, ...rows.map(nameOf)])
  const value = [...rows, { ...(row as JsonObject), name }]
  session.store.edit([{ op: 'field.set', id, field: side, value }], {
    label: side === 'inputs' ? texts.turnAValueIntoAnInput : texts.turnResultsIntoAnOutput,
  })
}

/** Remove a row with its value and its edges. */
export function removeRow(session: Session, id: string, side: Side, name: string): void {
  const node = session.store.node(id)
  if (!node) return
  const value = rowsOf(node.data, side).filter(row => nameOf(row) !== name)
  const operations: Operation[] = [
    ...edgesAt(session, id, side, name).map(
      (edge): Operation => ({ op: 'edge.remove', id: edge.id }),
    ),
    { op: 'field.set', id, field: side, value },
  ]
  if (side === 'inputs' && name in node.data) operations.push({ op: 'field.set', id, field: name })
  session.store.edit(operations, {
    label: side === 'inputs' ? texts.removeAnInput : texts.removeAnOutput,
  })
}

/** Change a row; a new name takes its value and its edges along. */
export function changeRow(
  session: Session,
  id: string,
  side: Side,
  name: string,
  change: JsonObject,
): void {
  const node = session.store.node(id)
  if (!node) return
  const rows = rowsOf(node.data, side)
  const value = rows.map(row =>
    nameOf(row) === name ? { ...(row as JsonObject), ...change } : row,
  )
  const operations: Operation[] = [{ op: 'field.set', id, field: side, value }]
  const next = change.name
  if (typeof next === 'string' && next !== name) {
    const [key, end] =
      side === 'inputs' ? (['targetHandle', 'in'] as const) : (['sourceHandle', 'out'] as const)
    for (const edge of edgesAt(session, id, side, name)) {
      operations.push({ op: 'edge.set', id: edge.id, key, value: `${next}-${end}` })
    }
    if (side === 'inputs' && name in node.data) {
      operations.push({ op: 'field.set', id, field: next, value: node.data[name] })
      operations.push({ op: 'field.set', id, field: name })
    }
  }
  session.store.edit(operations, { label: texts.changeAPort, group: `${side} ${id} ${name}` })
}

/** Move a row to another place. */
export function moveRow(session: Session, id: string, side: Side, name: string, by: number): void {
  const node = session.store.node(id)
  if (!node) return
  const value = rowsOf(node.data, side).slice()
  const from = value.findIndex(row => nameOf(row) === name)
  const to = from + by
  if (from < 0 || to < 0 || to >= value.length) return
  value.splice(to, 0, ...value.splice(from, 1))
  session.store.edit([{ op: 'field.set', id, field: side, value }], {
    label: texts.reorderThePorts,
  })
}

/** A name that no other port and no other key of the node has. */
export function freeName(wanted: string, data: JsonObject, side: Side, own: string): string {
  const taken = rowsOf(data, side)
    .map(nameOf)
    .filter(name => name !== own)
  return fieldName(wanted, [...RESERVED, ...(taken as string[])])
}

/** Make an input one that is new for each run: without a value, and its row says so. */
export function randomizeInput(session: Session, id: string, name: string): void {
  const node = session.store.node(id)
  if (!node) return
  const value = rowsOf(node.data, 'inputs').map(row =>
    nameOf(row) === name ? { ...(row as JsonObject), randomize: true } : row,
  )
  session.store.edit(
    [
      { op: 'field.set', id, field: 'inputs', value },
      { op: 'field.set', id, field: name },
    ],
    { label: texts.makeNameNewForEachRun(name) },
  )
}

/** What the open graph of a node lets a user choose, of the ports it can have. */
export function choicesOf(
  session: Session,
  id: string,
  ports: ComfyPorts | undefined,
): Choices | undefined {
  const node = session.store.node(id)
  const type = node && session.catalog.get(node.type)
  if (!node || !type) return undefined
  const { canEdit } = session.store
  const inputs = declaredInputs(type, node.data)
  const outputs = declaredOutputs(type, node.data)
  const toggle = (
    side: Side,
    found: { name: string } | undefined,
    possible: { name: string } | undefined,
  ) => {
    if (!canEdit) return null
    if (found) return () => removeRow(session, id, side, found.name)
    return possible ? () => addRow(session, id, side, possible) : null
  }
  return {
    canEdit,
    inputs: inputs.flatMap(({ name, label, target }) =>
      target && 'node' in target
        ? [{ name, label: label || name, node: target.node, widget: target.input }]
        : [],
    ),
    outputs: outputs.map(row => ({ name: row.name, label: row.label || row.name, node: row.node })),
    inputToggle(target) {
      const isIt = (row: DeclaredInput) => aimsAt(row, target)
      return toggle('inputs', inputs.find(isIt), ports?.inputs.find(isIt))
    },
    outputToggle(execution) {
      const isIt = (row: DeclaredOutput) => row.node === execution
      return toggle('outputs', outputs.find(isIt), ports?.outputs.find(isIt))
    },
  }
}
