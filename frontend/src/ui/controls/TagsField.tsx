/** Several tags: typed (Enter or a comma ends one), taken from those on offer, and taken away. */
import { X } from 'lucide-react'
import { useState } from 'react'
import { texts } from '../texts'
import css from './TagsField.module.css'

interface Props {
  id?: string
  value: readonly string[]
  /** Tags in use elsewhere. */
  offers: readonly string[]
  /** Add what was typed to the tags, in the way of those tags. */
  add: (typed: string, tags: readonly string[]) => string[]
  onChange: (tags: string[]) => void
  disabled?: boolean
  autoFocus?: boolean
  'aria-invalid'?: boolean
  'aria-describedby'?: string
}

export function TagsField({ id, value, offers, add, onChange, disabled, ...rest }: Props) {
  const [typed, setTyped] = useState('')
  const others = offers.filter(tag => !value.includes(tag))
  const take = () => {
    if (typed.trim()) onChange(add(typed, value))
    setTyped('')
  }
  return (
    <div className={css.field}>
      <div className={css.tags} data-invalid={rest['aria-invalid'] || undefined}>
        {value.map(tag => (
          <span key={tag} className={css.tag}>
            <span>{tag}</span>
            {!disabled && (
              <button
                type="button"
                aria-label={texts.removeTheTagTag(tag)}
                onClick={() => onChange(value.filter(other => other !== tag))}
              >
                <X aria-hidden size={13} />
              </button>
            )}
          </span>
        ))}
        <input
          id={id}
          data-autofocus={rest.autoFocus || undefined}
          aria-label={texts.addATag}
          aria-invalid={rest['aria-invalid']}
          aria-describedby={rest['aria-describedby']}
          placeholder={value.length ? texts.addAnother : texts.typeATagThenEnter}
          spellCheck={false}
          autoCapitalize="none"
          disabled={disabled}
          value={typed}
          onChange={event => setTyped(event.target.value)}
          onBlur={take}
          onKeyDown={event => {
            if ((event.key === 'Enter' || event.key === ',') && typed.trim()) {
              event.preventDefault()
              take()
            }
            if (event.key === 'Backspace' && !typed) onChange(value.slice(0, -1))
          }}
        />
      </div>
      {!disabled && others.length > 0 && (
        <p className={css.offers}>
          {texts.inUse}{' '}
          {others.map(tag => (
            <button key={tag} type="button" onClick={() => onChange([...value, tag])}>
              {tag}
            </button>
          ))}
        </p>
      )}
    </div>
  )
}
