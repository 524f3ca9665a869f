/** The dialog that says how much a key may spend. */
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { credentialSave } from '../../api/account'
import type { Credential } from '../../api/schema'
import { money } from '../../lib/locale'
import { toast } from '../../lib/toasts'
import { Button } from '../controls/Button'
import { Dialog } from '../controls/Dialog'
import forms from '../forms/forms.module.css'
import { Problem } from '../forms/Problem'
import { useSubmit } from '../forms/useSubmit'
import { texts } from '../texts'
import { CapFields } from './CapFields'
import { draftOf, readCaps } from './caps'

interface Props {
  credential: Credential
  onClose: () => void
}

export function CapsDialog({ credential, onClose }: Props) {
  const client = useQueryClient()
  const [draft, setDraft] = useState(() => draftOf(credential))
  const { busy, problems, submit } = useSubmit(['capPerDay', 'capPerMonth'])
  const save = (event: FormEvent) => {
    event.preventDefault()
    const { caps, wrong } = readCaps(draft)
    void submit(async () => {
      await credentialSave(credential.id, caps)
      toast(texts.caps.saved)
      onClose()
      await client.invalidateQueries({ queryKey: ['credentials'] })
    }, wrong)
  }
  return (
    <Dialog title={texts.caps.title(credential.name)} onClose={onClose}>
      <form className={forms.form} noValidate onSubmit={save}>
        <p className={forms.help}>
          {texts.caps.spentSoFar(money(credential.spentToday), money(credential.spentThisMonth))}
        </p>
        <CapFields draft={draft} problems={problems.fields} onChange={setDraft} />
        <p className={forms.help}>{texts.caps.about}</p>
        <Problem text={problems.whole} />
        <div className={`${forms.buttons} ${forms.end}`}>
          <Button onClick={onClose}>{texts.cancel}</Button>
          <Button type="submit" tone="primary" disabled={busy}>
            {busy ? texts.saving : texts.save}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
