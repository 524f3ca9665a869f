/** Checks while editing: required inputs left empty, values outside their limits. Pure. */

import type { DocumentNode, Json, JsonObject } from '../api/document'
import type { Input, RequestField } from '../api/schema'
import { isRandom } from '../catalog/ports'
import { texts } from './texts'

/** The value a field shows: what was typed, else its default, which a random number has not. */
export function fieldValue(node: Pick<DocumentNode, 'data'>, port: Input): Json {
  const typed = node.data[port.name]
  if (typed !== undefined) return typed
  return port.randomize ? null : port.default
}

/** The same of a field of a request input. */
export function requestValue(data: JsonObject, field: RequestField): Json {
  const saved = ((data.values ?? {}) as JsonObject)[field.name]
  return saved ?? (isRandom(field) ? null : (field.default ?? null))
}

export function isEmpty(value: Json | undefined): boolean {
  return (
    value === undefined ||
    value === null ||
    value === '' ||
    (Array.isArray(value) && value.length === 0)
  )
}

/** Say in a sentence why a number is not allowed, or null when it is. */
export function numberProblem(
  value: number,
  limits: { min?: number | null; max?: number | null; unit?: string },
): string | null {
  const unit = limits.unit ? ` ${limits.unit}` : ''
  if (!Number.isFinite(value)) return texts.thisMustBeANumber
  if (limits.min != null && value < limits.min) return texts.atLeast(limits.min, unit)
  if (limits.max != null && value > limits.max) return texts.atMost(limits.max, unit)
  return null
}
