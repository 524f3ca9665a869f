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

/**
 * The inputs of a node that its other fields use (`shown_when`). A connected one stays in sight, and
 * so do all while what decides is connected, or has a value that is none of its options.
 */
export function shownInputs(
  node: Pick<DocumentNode, 'data'>,
  inputs: readonly Input[],
  connected: ReadonlySet<string>,
): Input[] {
  const isOpen = ([name, values]: [string, readonly string[]]) => {
    const by = inputs.find(input => input.name === name)
    const value = by && fieldValue(node, by)
    const isKnown = by && !connected.has(name) && by.options.includes(value as string)
    return !isKnown || values.includes(value as string)
  }
  return inputs.filter(
    input => connected.has(input.name) || Object.entries(input.shown_when).every(isOpen),
  )
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
