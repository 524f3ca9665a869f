/** A labelled line of text in a form. */
import type { InputHTMLAttributes } from 'react'
import { FormRow } from './FormRow'

interface Props extends Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange' | 'value'> {
  label: string
  help?: string | undefined
  problem?: string | undefined
  value: string
  onChange: (value: string) => void
}

export function TextRow({ label, help, problem, onChange, type = 'text', ...rest }: Props) {
  return (
    <FormRow label={label} help={help} problem={problem}>
      {props => (
        <input {...props} {...rest} type={type} onChange={event => onChange(event.target.value)} />
      )}
    </FormRow>
  )
}
