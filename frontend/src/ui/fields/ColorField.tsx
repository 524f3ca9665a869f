/** A color: a swatch that opens the browser's picker, and its hex code as text. */
import { useState } from 'react'
import { texts } from '../texts'
import css from './fields.module.css'
import type { FieldProps } from './spec'
import { useDraft } from './useDraft'

const HEX = /^#?([0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8})$/i

/** Six digits for the browser's picker, which knows neither short forms nor transparency. */
function pickerHex(value: string): string {
  const digits = HEX.exec(value.trim())?.[1]
  if (!digits) return '#000000'
  const six = digits.length === 3 ? [...digits].map(digit => digit + digit).join('') : digits
  return `#${six.slice(0, 6)}`.toLowerCase()
}

export function ColorField({ spec, value, onChange, disabled, id }: FieldProps) {
  const text = typeof value === 'string' ? value : ''
  const [invalid, setInvalid] = useState(false)
  const draft = useDraft(text, typed => {
    const fine = typed === '' || HEX.test(typed.trim())
    setInvalid(!fine)
    if (fine) onChange(typed ? `#${typed.trim().replace(/^#/, '')}` : undefined)
  })
  const settle = () => {
    draft.settle()
    setInvalid(false)
  }
  return (
    <div className={css.color} data-invalid={invalid || undefined} data-none={!text || undefined}>
      <input
        type="color"
        className="nodrag"
        aria-label={texts.pickAColor(spec.label)}
        disabled={disabled}
        value={pickerHex(text)}
        onChange={event => onChange(event.target.value)}
      />
      <input
        id={id}
        type="text"
        className="nodrag"
        aria-label={texts.hexCode(spec.label)}
        aria-invalid={invalid}
        spellCheck={false}
        placeholder={spec.placeholder || '#rrggbb'}
        disabled={disabled}
        value={draft.shown}
        onChange={event => draft.change(event.target.value)}
        onBlur={settle}
      />
      {invalid && (
        <p className={css.bubble} role="alert">
          {texts.colorExample}
        </p>
      )}
    </div>
  )
}
