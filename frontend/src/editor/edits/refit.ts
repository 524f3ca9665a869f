/** Changing the model of a node: its own fields, and the values that the new model does not take. Pure. */
import type { DocumentNode, Json, JsonObject, Operation } from '../../api/document'
import type { Input } from '../../api/schema'
import type { Catalog } from '../../catalog/catalog'
import { numberProblem } from '../../document/check'

/** Where values wait that the chosen model does not take. */
export const PARKED = 'parked'

/** The values of a node that its model does not take, by field. */
export function parkedOf({ data }: Pick<DocumentNode, 'data'>): JsonObject {
  const found = data[PARKED]
  return found !== null && typeof found === 'object' && !Array.isArray(found) ? found : {}
}

/**
 * The operations that give a node the fields of a model. A value that fits the field of the same
 * name stays, the others are parked; a parked one that fits comes back.
 */
export function refit(catalog: Catalog, node: DocumentNode, rows: JsonObject[]): Operation[] {
  const before = ownFields(catalog, node)
  const after = ownFields(catalog, { ...node, data: { ...node.data, inputs: rows } })
  const parked = { ...parkedOf(node) }
  const operations: Operation[] = []
  const set = (field: string, value: Json | undefined) =>
    operations.push({ op: 'field.set', id: node.id, field, value } as Operation)

  for (const name of before.keys()) {
    const value = node.data[name]
    const port = after.get(name)
    if (value === undefined || (port && takes(port, value))) continue
    parked[name] = value
    set(name, undefined)
  }
  for (const [name, port] of after) {
    const value = parked[name]
    const free = node.data[name] === undefined || !before.has(name)
    if (value === undefined || !free || !takes(port, value)) continue
    delete parked[name]
    set(name, value)
  }
  set('inputs', rows.length ? rows : undefined)
  if (node.data[PARKED] !== undefined || Object.keys(parked).length) {
    set(PARKED, Object.keys(parked).length ? parked : undefined)
  }
  return operations
}

function ownFields(catalog: Catalog, node: DocumentNode): Map<string, Input> {
  const common = new Set(catalog.get(node.type)?.inputs.map(port => port.name))
  const own = catalog.inputsOf(node).filter(port => !common.has(port.name))
  return new Map(own.map(port => [port.name, port]))
}

/** Whether a field takes a value as it is. */
function takes(port: Input, value: Json): boolean {
  if (port.options.length) return port.options.includes(String(value))
  switch (port.type) {
    case 'number':
      return typeof value === 'number' && numberProblem(value, port) === null
    case 'boolean':
      return typeof value === 'boolean'
    case 'text':
      return typeof value === 'string'
    case 'json':
      return true
    default:
      return value !== null && typeof value === 'object'
  }
}
