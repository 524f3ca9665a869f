/** A ratio of width to height: its shapes as buttons, and any other as text where that is allowed. */
import { texts } from '../texts'
import css from './fields.module.css'
import { RatioButtons } from './RatioButtons'
import { SelectField } from './SelectField'
import type { FieldProps } from './spec'
import { TextField } from './TextField'

const USUAL = ['1:1', '4:5', '3:2', '16:9', '9:16']

export function RatioField(props: FieldProps) {
  const { spec, value, onChange, disabled, compact } = props
  const closed = spec.options.length > 0
  if (compact) return closed ? <SelectField {...props} /> : <TextField {...props} />
  return (
    <div className={css.ratio}>
      <RatioButtons
        label={texts.shapesOf(spec.label)}
        ratios={closed ? spec.options : USUAL}
        names={spec.labels}
        value={String(value ?? '')}
        disabled={disabled}
        onChange={onChange}
      />
      {!closed && <TextField {...props} />}
    </div>
  )
}
