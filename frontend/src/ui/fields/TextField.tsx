/** One line or several lines of text. */
import { LongText } from '../text/LongText'
import css from './fields.module.css'
import type { FieldProps } from './spec'
import { useDraft } from './useDraft'

const asText = (value: unknown) =>
  value === null || value === undefined
    ? ''
    : typeof value === 'string'
      ? value
      : JSON.stringify(value)

export function TextField({ spec, value, onChange, disabled, id }: FieldProps) {
  const draft = useDraft(asText(value), onChange)
  return (
    <input
      id={id}
      className={css.text}
      type="text"
      aria-label={spec.label}
      placeholder={spec.placeholder}
      disabled={disabled}
      value={draft.shown}
      onChange={event => draft.change(event.target.value)}
      onBlur={draft.settle}
      onKeyDown={event => event.key === 'Enter' && draft.settle()}
    />
  )
}

/** Beyond so many characters a text is shown and not edited: the page would stand still. */
const EDITED = 200_000

export function TextAreaField({ spec, value, onChange, disabled, id, compact }: FieldProps) {
  const draft = useDraft(asText(value), onChange)
  if (draft.shown.length > EDITED) {
    return (
      <LongText text={draft.shown} className={`${css.text} ${css.area} ${css.whole} nowheel`} />
    )
  }
  return (
    <textarea
      id={id}
      className={`${css.text} ${css.area} nowheel`}
      aria-label={spec.label}
      placeholder={spec.placeholder}
      disabled={disabled}
      rows={compact ? undefined : 5}
      value={draft.shown}
      onChange={event => draft.change(event.target.value)}
      onBlur={draft.settle}
    />
  )
}
