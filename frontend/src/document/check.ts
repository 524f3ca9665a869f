/** Checks while editing: required inputs left empty, values outside their limits. Pure. */
import type { Catalog } from '../catalog/catalog'
import { inputsOf } from '../catalog/ports'
import type { Input } from '../catalog/types'
import type { DocumentNode, Json } from './types'

/** The value a field shows: what was typed, else its default. */
export function fieldValue(node: Pick<DocumentNode, 'data'>, port: Input): Json {
  const typed = node.data[port.name]
  return typed === undefined ? port.default : typed
}

export function isEmpty(value: Json | undefined): boolean {
  return (
    value === undefined ||
    value === null ||
    value === '' ||
    (Array.isArray(value) && value.length === 0)
  )
}

/** The required inputs of a node that have neither a value nor a wire. */
export function missingInputs(
  node: DocumentNode,
  catalog: Catalog,
  wired: ReadonlySet<string>,
): string[] {
  const type = catalog.get(node.type)
  if (!type) return []
  return inputsOf(type, node.data)
    .filter(port => port.required && !wired.has(port.name) && isEmpty(fieldValue(node, port)))
    .map(port => port.name)
}

/** Say in a sentence why a number is not allowed, or null when it is. */
export function numberProblem(
  value: number,
  limits: { min?: number | null; max?: number | null; unit?: string },
): string | null {
  const unit = limits.unit ? ` ${limits.unit}` : ''
  if (!Number.isFinite(value)) return 'This must be a number.'
  if (limits.min != null && value < limits.min) return `At least ${limits.min}${unit}.`
  if (limits.max != null && value > limits.max) return `At most ${limits.max}${unit}.`
  return null
}
