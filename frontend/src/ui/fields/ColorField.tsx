/** A color: a swatch that opens the picker, and its code as text, in any way the browser reads one. */
import { type CSSProperties, useId, useRef, useState } from 'react'
import { lazily } from '../shell/lazily'
import { texts } from '../texts'
import { readColor, toHex } from './color'
import css from './fields.module.css'
import type { FieldProps } from './spec'
import { useDraft } from './useDraft'

// Loaded with the first color that is picked.
const ColorPicker = lazily(async () => (await import('./ColorPicker')).ColorPicker)

export function ColorField({ spec, value, onChange, disabled, id, colors }: FieldProps) {
  const text = typeof value === 'string' ? value : ''
  const [invalid, setInvalid] = useState(false)
  const [open, setOpen] = useState(false)
  const swatch = useRef<HTMLButtonElement>(null)
  const picker = useId()
  const draft = useDraft(text, typed => {
    const found = typed.trim() ? readColor(typed.trim()) : null
    setInvalid(!found && typed.trim() !== '')
    if (found) onChange(toHex(found))
    else if (!typed.trim()) onChange(undefined)
  })
  const settle = () => {
    draft.settle()
    setInvalid(false)
  }
  return (
    <div className={css.color} data-invalid={invalid || undefined} data-none={!text || undefined}>
      <button
        ref={swatch}
        type="button"
        className={`${css.swatch} nodrag`}
        aria-label={texts.pickAColor(spec.label)}
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-controls={open ? picker : undefined}
        disabled={disabled}
        style={{ '--color': text || 'transparent' } as CSSProperties}
        onClick={() => setOpen(now => !now)}
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
      {open && (
        <ColorPicker
          id={picker}
          label={spec.label}
          value={text}
          beside={swatch}
          colors={colors}
          onChange={onChange}
          onClose={() => setOpen(false)}
        />
      )}
      {invalid && (
        <p className={css.bubble} role="alert">
          {texts.colorExample}
        </p>
      )}
    </div>
  )
}
