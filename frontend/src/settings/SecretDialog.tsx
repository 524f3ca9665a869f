/** Shows a secret the one time it can be seen; closes by its own button alone. */
import { useState } from 'react'
import { Button } from '../ui/controls/Button'
import { Dialog } from '../ui/controls/Dialog'
import forms from '../ui/forms/forms.module.css'
import { CopyButton } from '../ui/text/CopyButton'
import css from './SecretDialog.module.css'
import { texts } from './texts'

interface Props {
  title: string
  secret: string
  about: string
  onClose: () => void
}

export function SecretDialog({ title, secret, about, onClose }: Props) {
  const [copied, setCopied] = useState(false)
  const [warned, setWarned] = useState(false)
  return (
    <Dialog title={title} onClose={onClose} notDismissible>
      <p className={forms.note}>{about}</p>
      <div className={css.secret}>
        <code>{secret}</code>
        <CopyButton text={secret} onCopied={() => setCopied(true)}>
          {texts.copy}
        </CopyButton>
      </div>
      {warned && !copied && (
        <p className={forms.bad} role="alert">
          {texts.itIsNotCopiedYet}
        </p>
      )}
      <div className={`${forms.buttons} ${forms.end}`}>
        <Button tone="primary" onClick={() => (copied || warned ? onClose() : setWarned(true))}>
          {texts.done}
        </Button>
      </div>
    </Dialog>
  )
}
