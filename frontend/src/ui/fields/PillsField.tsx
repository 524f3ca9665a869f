/** One of a few options, all in sight; a list instead where they would not fit. */
import css from './fields.module.css'
import { SelectField } from './SelectField'
import type { FieldProps } from './spec'

const CHARACTERS_ON_CARD = 16
const CHARACTERS_IN_PANEL = 34

export function PillsField(props: FieldProps) {
  const { spec, value, onChange, disabled, compact } = props
  const characters = spec.options.join('').length + 2 * spec.options.length
  if (characters > (compact ? CHARACTERS_ON_CARD : CHARACTERS_IN_PANEL) || !spec.options.length) {
    return <SelectField {...props} />
  }
  return (
    <div className={css.pills} role="radiogroup" aria-label={spec.label}>
      {spec.options.map(option => (
        // biome-ignore lint/a11y/useSemanticElements: a radio drawn as a button is a radio to all
        <button
          key={option}
          type="button"
          role="radio"
          aria-checked={option === value}
          className="nodrag"
          disabled={disabled}
          onClick={() => onChange(option)}
        >
          {spec.labels?.[option] ?? option}
        </button>
      ))}
    </div>
  )
}
