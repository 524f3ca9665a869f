/** The dialog that says how much a key may spend. */
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { credentialSave } from '../../api/account'
import type { Credential } from '../../api/schema'
import { money } from '../../lib/locale'
import { toast } from '../../lib/toasts'
import { Dialog } from '../controls/Dialog'
import { Form } from '../forms/Form'
import forms from '../forms/forms.module.css'
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
  const form = useSubmit(['capPerDay', 'capPerMonth'])
  const save = () => {
    const { caps, wrong } = readCaps(draft)
    void form.submit(async () => {
      await credentialSave(credential.id, caps)
      toast(texts.caps.saved)
      onClose()
      await client.invalidateQueries({ queryKey: ['credentials'] })
    }, wrong)
  }
  return (
    <Dialog title={texts.caps.title(credential.name)} onClose={onClose}>
      <Form sending={form} onSubmit={save} onCancel={onClose}>
        <p className={forms.help}>
          {texts.caps.spentSoFar(money(credential.spentToday), money(credential.spentThisMonth))}
        </p>
        <CapFields draft={draft} problems={form.problems.fields} onChange={setDraft} />
        <p className={forms.help}>{texts.caps.about}</p>
      </Form>
    </Dialog>
  )
}
