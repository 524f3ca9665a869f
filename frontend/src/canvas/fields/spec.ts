/** What a field component needs to know, made from a declared input or from a request field. */
import { MEDIA } from '../../catalog/ports'
import type { Input, MediaReference, RequestField, Widget } from '../../catalog/types'
import type { Json } from '../../document/types'

export interface FieldSpec {
  name: string
  label: string
  type: string
  widget: Widget
  options: readonly string[]
  min: number | null
  max: number | null
  step: number | null
  unit: string
  help: string
  placeholder: string
  required: boolean
  /** The provider whose newest key is used where none is chosen. */
  provider?: string
  /** It decides what chance gives: a new number can be thrown. */
  dice?: boolean
}

export interface FieldProps {
  spec: FieldSpec
  value: Json
  onChange: (value: Json | undefined) => void
  disabled?: boolean
  /** On a card (small) or in the inspector. */
  compact?: boolean
  /** What becomes of a chosen file; without it, it is uploaded. */
  send?: (file: File, progress: (share: number) => void) => Promise<MediaReference>
  /** The node it is a field of. */
  node?: string
  /** Id of the control, so that a label can point at it. */
  id?: string
}

/** The spec of a declared input that has a widget. */
export function specOf(input: Input): FieldSpec {
  const widget = input.widget ?? 'text'
  const dice = widget === 'number' && SEED.test(input.name)
  return { ...input, label: input.label || sentenceCase(input.name), widget, dice }
}

/** The spec of a request field's value. */
export function requestSpec(field: RequestField): FieldSpec {
  const widget = MEDIA.has(field.type) ? 'asset' : (field.type as Widget)
  return {
    name: field.name,
    label: field.label || sentenceCase(field.name),
    type: MEDIA.has(field.type) ? field.type : 'text',
    widget: WIDGETS.has(widget) ? widget : 'text',
    options: Array.isArray(field.options) ? field.options.map(String) : [],
    min: field.min ?? (field.type === 'slider' ? 0 : null),
    max: field.max ?? (field.type === 'slider' ? 100 : null),
    step: field.step ?? null,
    unit: field.unit ?? '',
    help: field.help ?? '',
    placeholder: '',
    required: Boolean(field.required),
    dice: field.type === 'number' && SEED.test(field.name),
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
])

/** `edge_softness` as people write it. */
export function sentenceCase(name: string): string {
  const words = name.replaceAll(/[_-]+/g, ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}
