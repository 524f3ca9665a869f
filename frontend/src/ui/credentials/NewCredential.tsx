/** The dialog that saves a new key: for whom it is, where it may go, and the secret. */

import { useState } from 'react'
import { credentialCreate } from '../../api/account'
import type { Credential } from '../../api/schema'
import { Dialog } from '../controls/Dialog'
import { Form } from '../forms/Form'
import { FormRow } from '../forms/FormRow'
import css from '../forms/forms.module.css'
import { TextRow } from '../forms/TextRow'
import { useSubmit } from '../forms/useSubmit'
import { texts } from '../texts'

const NEEDED = {
  name: texts.enterAName,
  provider: texts.nameTheServiceItIsFor,
  secret: texts.pasteTheSecret,
}

interface Props {
  /** What is known of the service from where the key is wanted. */
  provider?: string | undefined
  origin?: string | undefined
  onClose: () => void
  onAdded: (made: Credential) => void
}

export function NewCredential({ provider = '', origin = '', onClose, onAdded }: Props) {
  const [draft, setDraft] = useState({
    name: '',
    provider: provider || hostOf(origin),
    // What a provider's key may be sent to is known here.
    origins: provider ? '' : origin,
    secret: '',
  })
  const form = useSubmit([...Object.keys(NEEDED), 'allowedOrigins'])
  const add = () => {
    const missing = Object.fromEntries(
      Object.entries(NEEDED).filter(([name]) => !draft[name as keyof typeof NEEDED].trim()),
    )
    void form.submit(async () => {
      const { name, provider, secret } = draft
      const allowedOrigins = draft.origins.split(/[\s,]+/).filter(Boolean)
      onAdded(await credentialCreate({ name, provider, secret, allowedOrigins }))
    }, missing)
  }
  const set = (name: keyof typeof draft) => (value: string) => setDraft({ ...draft, [name]: value })
  return (
    <Dialog title={texts.newCredential} onClose={onClose}>
      <Form sending={form} onSubmit={add} onCancel={onClose}>
        <TextRow
          label={texts.name}
          problem={form.problems.fields.name}
          data-autofocus
          value={draft.name}
          onChange={set('name')}
        />
        <FormRow
          label={texts.provider}
          help={texts.theService}
          problem={form.problems.fields.provider}
        >
          {props => (
            <>
              <input
                {...props}
                type="text"
                list="providers"
                value={draft.provider}
                onChange={event => set('provider')(event.target.value)}
              />
              <datalist id="providers">
                <option value="fal" />
              </datalist>
            </>
          )}
        </FormRow>
        <TextRow
          label={texts.secret}
          problem={form.problems.fields.secret}
          type="password"
          autoComplete="new-password"
          value={draft.secret}
          onChange={set('secret')}
        />
        <FormRow
          label={texts.allowedDomains}
          help={texts.originsSuchAsHttps}
          problem={form.problems.fields.allowedOrigins}
        >
          {props => (
            <textarea
              {...props}
              rows={2}
              spellCheck={false}
              value={draft.origins}
              onChange={event => set('origins')(event.target.value)}
            />
          )}
        </FormRow>
        <p className={css.help}>{texts.storedEncryptedOnThisServer}</p>
      </Form>
    </Dialog>
  )
}

/** `https://api.example.com` is a service called api.example.com. */
function hostOf(origin: string): string {
  try {
    return origin && new URL(origin).host
  } catch {
    return ''
  }
}
