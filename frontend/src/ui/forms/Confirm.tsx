/** Asks before something is gone permanently. */
import { useState } from 'react'
import { errorMessage } from '../../lib/errors'
import { Button } from '../controls/Button'
import { Dialog } from '../controls/Dialog'
import { texts } from '../texts'
import css from './forms.module.css'
import { Problem } from './Problem'

interface Props {
  title: string
  about: string
  /** The verb on the button. */
  verb: string
  onDo: () => Promise<void>
  onClose: () => void
}

export function Confirm({ title, about, verb, onDo, onClose }: Props) {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')
  const go = async () => {
    setBusy(true)
    try {
      await onDo()
      onClose()
    } catch (error) {
      setProblem(errorMessage(error))
      setBusy(false)
    }
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <p className={css.note}>{about}</p>
      <Problem text={problem} />
      <div className={`${css.buttons} ${css.end}`} style={{ marginTop: 16 }}>
        <Button onClick={onClose}>{texts.cancel}</Button>
        <Button tone="danger" disabled={busy} onClick={() => void go()}>
          {verb}
        </Button>
      </div>
    </Dialog>
  )
}
