/** What the panel of variations holds: fields that can vary, values as they are typed, cells. Pure. */
import type { Json } from '../../api/document'
import type { Input } from '../../api/schema'

/** Combinations of one run: the server's limit. */
export const MOST = 64

const FILES = new Set(['image', 'mask', 'video', 'audio', 'file', 'any', 'json', 'table'])
const OTHERS = new Set(['credential', 'model', 'fields', 'app', 'list'])

export interface AxisDraft {
  field: string
  /** The values as they are typed. */
  typed: string
}

/** The fields of a node whose values can vary, those with a seed first. */
export function fieldsThatVary(inputs: readonly Input[], connected: ReadonlySet<string>): Input[] {
  return inputs
    .filter(
      ({ name, type, widget, port, many }) =>
        port &&
        !many &&
        widget &&
        !OTHERS.has(widget) &&
        !FILES.has(type) &&
        !type.startsWith('list<') &&
        !connected.has(name),
    )
    .sort((a, b) => Number(isSeed(b)) - Number(isSeed(a)))
}

export const isSeed = ({ name }: Pick<Input, 'name'>): boolean => /seed$/i.test(name)

/** The values of a typed list, numbers as numbers; lines take the place of commas where there are any. */
export function valuesOf(typed: string, type: string): Json[] {
  const parts = typed.split(typed.includes('\n') ? '\n' : ',')
  const texts = parts.map(part => part.trim()).filter(Boolean)
  if (type === 'number')
    return texts.map(text => (Number.isNaN(Number(text)) ? text : Number(text)))
  if (type === 'boolean') return texts.map(text => text === 'true')
  return texts
}

/** So many different seeds, within the limits of the field. */
export function seeds(
  count: number,
  input: Pick<Input, 'min' | 'max'>,
  random = Math.random,
): number[] {
  const low = input.min ?? 0
  const high = Math.min(input.max ?? 99_999, low + 99_999)
  const found = new Set<number>()
  for (let tries = 0; found.size < count && tries < count * 20; tries++) {
    found.add(Math.floor(low + random() * (high - low + 1)))
  }
  return [...found]
}

/** What a field's values begin with: seeds, its choices, or its present value and two beside it. */
export function firstValues(input: Input, now: Json | undefined): string {
  if (isSeed(input)) return seeds(4, input).join(', ')
  if (input.options.length) return input.options.slice(0, 4).join(', ')
  if (input.type === 'boolean') return [true, false].join(', ')
  if (input.type !== 'number') return typeof now === 'string' ? now : ''
  const value = Number(now ?? input.default ?? 1)
  const step = Math.max(input.step ?? 0, Math.abs(value) / 2 || 1)
  const within = (one: number) =>
    Math.min(
      input.max ?? Number.POSITIVE_INFINITY,
      Math.max(input.min ?? Number.NEGATIVE_INFINITY, one),
    )
  const around = [value - step, value, value + step].map(one => Number(within(one).toFixed(4)))
  return [...new Set(around)].join(', ')
}
