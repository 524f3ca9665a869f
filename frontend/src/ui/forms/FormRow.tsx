/** A labelled field of a form, with its help and what is wrong with it. */
import { type ReactNode, useId } from 'react'
import css from './forms.module.css'
import { Problem } from './Problem'

interface Props {
  label: string
  help?: string | undefined
  problem?: string | undefined
  children: (props: {
    id: string
    'aria-invalid': boolean
    'aria-describedby': string
  }) => ReactNode
}

export function FormRow({ label, help, problem, children }: Props) {
  const id = useId()
  return (
    <div className={css.row}>
      <label htmlFor={id}>{label}</label>
      {children({ id, 'aria-invalid': Boolean(problem), 'aria-describedby': `${id}-more` })}
      <div id={`${id}-more`}>
        {help && <p className={css.help}>{help}</p>}
        <Problem text={problem ?? ''} />
      </div>
    </div>
  )
}
