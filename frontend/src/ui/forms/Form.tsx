/** A form: its fields, what is wrong with it as a whole, and the buttons that end it. */
import type { ReactNode } from 'react'
import { Button } from '../controls/Button'
import { texts } from '../texts'
import css from './forms.module.css'
import { Problem } from './Problem'
import type { Sending } from './useSubmit'

interface Props {
  /** What `useSubmit` has returned. */
  sending: Sending
  onSubmit: () => void
  /** The verb on the button, and what it says meanwhile. */
  verb?: string
  meanwhile?: string
  tone?: 'primary' | 'plain'
  disabled?: boolean
  /** Closes the dialog that the form fills. */
  onCancel?: () => void
  /** Other buttons: at the start of a dialog's row, at the end of a card's. */
  more?: ReactNode
  className?: string | undefined
  children: ReactNode
}

export function Form({ sending: { busy, problems }, onSubmit, onCancel, more, ...rest }: Props) {
  const { verb = texts.save, meanwhile = verb === texts.save ? texts.saving : verb } = rest
  return (
    <form
      className={rest.className ?? css.form}
      noValidate
      autoComplete="off"
      onSubmit={event => {
        event.preventDefault()
        // A portal's events go on to the form or the card that it was opened from.
        event.stopPropagation()
        onSubmit()
      }}
    >
      {rest.children}
      <Problem text={problems.whole} />
      <div className={onCancel ? `${css.buttons} ${css.end}` : css.buttons}>
        {onCancel && more && <span className={css.start}>{more}</span>}
        {onCancel && <Button onClick={onCancel}>{texts.cancel}</Button>}
        <Button type="submit" tone={rest.tone ?? 'primary'} disabled={busy || rest.disabled}>
          {busy ? meanwhile : verb}
        </Button>
        {!onCancel && more}
      </div>
    </form>
  )
}
