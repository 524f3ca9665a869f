/** How much a key may spend in a day and in a month; empty: as much as its account has. */
import { FormRow } from '../forms/FormRow'
import { texts } from '../texts'
import css from './Caps.module.css'
import type { CapDraft } from './caps'

interface Props {
  draft: CapDraft
  problems?: Readonly<Record<string, string>>
  onChange: (draft: CapDraft) => void
}

export function CapFields({ draft, problems = {}, onChange }: Props) {
  return (
    <div className={css.fields}>
      {(['capPerDay', 'capPerMonth'] as const).map(name => (
        <FormRow key={name} label={texts.caps[name]} problem={problems[name]}>
          {props => (
            <input
              {...props}
              type="text"
              inputMode="decimal"
              autoComplete="off"
              placeholder={texts.caps.none}
              value={draft[name]}
              onChange={event => onChange({ ...draft, [name]: event.target.value })}
            />
          )}
        </FormRow>
      ))}
    </div>
  )
}
