/** A JSON value as text; handed over only while it parses, with the reason while it does not. */
import { useMemo, useState } from 'react'
import { texts } from '../texts'
import css from './fields.module.css'
import type { FieldProps } from './spec'
import { useDraft } from './useDraft'

export function JsonField({ spec, value, onChange, disabled, id, compact }: FieldProps) {
  const [problem, setProblem] = useState<string | null>(null)
  const text = useMemo(
    () => (value === null || value === undefined ? '' : JSON.stringify(value, null, 2)),
    [value],
  )
  const draft = useDraft(text, typed => {
    if (!typed.trim()) {
      setProblem(null)
      onChange(undefined)
      return
    }
    try {
      onChange(JSON.parse(typed))
      setProblem(null)
    } catch (error) {
      setProblem(texts.notJson((error as Error).message))
    }
  })
  return (
    <div className={css.stack}>
      <textarea
        id={id}
        className={`${css.text} ${css.area} ${css.mono} nowheel`}
        aria-label={spec.label}
        aria-invalid={Boolean(problem)}
        spellCheck={false}
        placeholder={spec.placeholder || '{ }'}
        disabled={disabled}
        rows={compact ? undefined : 7}
        value={draft.shown}
        onChange={event => draft.change(event.target.value)}
        onBlur={() => !problem && draft.settle()}
      />
      {problem && <p className={css.problem}>{problem}</p>}
    </div>
  )
}
