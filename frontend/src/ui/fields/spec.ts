/** What a field component needs to know, made from a declared input or from a request field. */

import type { Widget } from '../../api/catalog'
import type { Json } from '../../api/document'
import { isMediaType, type Media } from '../../api/media'
import type { Input, MediaReference, RequestField } from '../../api/schema'
import { isRandom, numberOf, optionsOf, textOf } from '../../catalog/ports'
import type { Stop } from './gradient'

export interface FieldSpec {
  name: string
  label: string
  type: string
  widget: Widget
  options: readonly string[]
  /** What options are called that are not shown as they are stored. */
  labels?: Readonly<Record<string, string>>
  min: number | null
  max: number | null
  step: number | null
  unit: string
  help: string
  placeholder: string
  required: boolean
  /** The provider whose newest key is used where none is chosen. */
  provider?: string
  /** The task whose models can be chosen. */
  task?: string
  /** It decides what chance gives: a new number can be thrown. */
  dice?: boolean
  /** Without a value, each run draws a new number. */
  randomize?: boolean
}

export interface FieldProps {
  spec: FieldSpec
  value: Json
  onChange: (value: Json | undefined) => void
  disabled?: boolean | undefined
  /** On a card (small) or in the inspector. */
  compact?: boolean | undefined
  /** What becomes of a chosen file; without it, it is uploaded. */
  send?: ((file: File, progress: (share: number) => void) => Promise<MediaReference>) | undefined
  /** Colors to offer: those in use, and an image to pick from. */
  colors?: { used: () => string[]; image: () => Media | null } | undefined
  /** The image that it changes, where there is one already. */
  image?: Media | null
  /** The colors of a gradient while it has no value. */
  fallback?: readonly Stop[] | undefined
  /** The node it is a field of. */
  node?: string
  /** Makes the field one that is new for each run; absent where it cannot become one. */
  onRandomize?: (() => void) | undefined
  /** The number that the last run has drawn for it. */
  drawn?: number | null | undefined
  /** Id of the control, so that a label can point at it. */
  id?: string | undefined
}

/** The spec of a declared input that has a widget. */
export function specOf(input: Input): FieldSpec {
  const widget = input.widget ?? 'text'
  const randomize = input.randomize === true
  const dice = widget === 'number' && (randomize || SEED.test(input.name))
  const required = input.required && !randomize
  return { ...input, label: input.label || sentenceCase(input.name), widget, dice, required }
}

/** The spec of a request field's value. */
export function requestSpec(field: RequestField): FieldSpec {
  const widget = isMediaType(field.type) ? 'asset' : (field.type as Widget)
  return {
    name: field.name,
    label: textOf(field.label) || sentenceCase(field.name),
    type: isMediaType(field.type) ? field.type : 'text',
    widget: WIDGETS.has(widget) ? widget : 'text',
    options: optionsOf(field.options),
    min: numberOf(field.min) ?? (field.type === 'slider' ? 0 : null),
    max: numberOf(field.max) ?? (field.type === 'slider' ? 100 : null),
    step: numberOf(field.step),
    unit: textOf(field.unit),
    help: textOf(field.help),
    placeholder: '',
    required: field.required === true && !isRandom(field),
    dice: field.type === 'number' && (isRandom(field) || SEED.test(field.name)),
    randomize: isRandom(field),
  }
}

const SEED = /(^|_)seed(_\d+)?$/i

const WIDGETS = new Set<string>([
  'text',
  'textarea',
  'number',
  'slider',
  'select',
  'pills',
  'toggle',
  'color',
  'asset',
  'json',
  'list',
  'curve',
  'gradient',
])

/** `edge_softness` as users write it. */
export function sentenceCase(name: string): string {
  const words = name.replaceAll(/[_-]+/g, ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** A text that is about nothing yet: what fields without a declaration begin from. */
export const BLANK: FieldSpec = {
  name: '',
  label: '',
  type: 'text',
  widget: 'text',
  options: [],
  min: null,
  max: null,
  step: null,
  unit: '',
  help: '',
  placeholder: '',
  required: false,
}
