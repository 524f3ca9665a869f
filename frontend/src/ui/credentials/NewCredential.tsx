/** The dialog that saves a new key: for whom it is, where it may go, and the secret. */

import { type FormEvent, useState } from 'react'
import { credentialCreate } from '../../api/account'
import type { Credential } from '../../api/schema'
import { Button } from '../controls/Button'
import { Dialog } from '../controls/Dialog'
import { FormRow } from '../forms/FormRow'
import css from '../forms/forms.module.css'
import { Problem } from '../forms/Problem'
import { useSubmit } from '../forms/useSubmit'
import { texts } from '../texts'

const NEEDED = {
  name: texts.enterAName,
  provider: texts.nameTheServiceItIsFor,
  secret: texts.pasteTheSecret,
}

interface Props {
  /** What is known of the service from where the key is wanted. */
  provider?: string
  origin?: string
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
  const { busy, problems, submit } = useSubmit([...Object.keys(NEEDED), 'allowedOrigins'])
  const add = (event: FormEvent) => {
    event.preventDefault()
    // A portal's events go on to the form or the card that it was opened from.
    event.stopPropagation()
    const missing = Object.fromEntries(
      Object.entries(NEEDED).filter(([name]) => !draft[name as keyof typeof NEEDED].trim()),
    )
    void submit(async () => {
      const { name, provider, secret } = draft
      const allowedOrigins = draft.origins.split(/[\s,]+/).filter(Boolean)
      onAdded(await credentialCreate({ name, provider, secret, allowedOrigins }))
    }, missing)
  }
  const set = (name: keyof typeof draft) => (event: { target: { value: string } }) =>
    setDraft({ ...draft, [name]: event.target.value })
  return (
    <Dialog title={texts.newCredential} onClose={onClose}>
      <form className={css.form} noValidate autoComplete="off" onSubmit={add}>
        <FormRow label={texts.name} problem={problems.fields.name}>
          {props => (
            <input
              {...props}
              data-autofocus
              type="text"
              value={draft.name}
              onChange={set('name')}
            />
          )}
        </FormRow>
        <FormRow label={texts.provider} help={texts.theService} problem={problems.fields.provider}>
          {props => (
            <>
              <input
                {...props}
                type="text"
                list="providers"
                value={draft.provider}
                onChange={set('provider')}
              />
              <datalist id="providers">
                <option value="fal" />
              </datalist>
            </>
          )}
        </FormRow>
        <FormRow label={texts.secret} problem={problems.fields.secret}>
          {props => (
            <input
              {...props}
              type="password"
              autoComplete="new-password"
              value={draft.secret}
              onChange={set('secret')}
            />
          )}
        </FormRow>
        <FormRow
          label={texts.allowedDomains}
          help={texts.originsSuchAsHttps}
          problem={problems.fields.allowedOrigins}
        >
          {props => (
            <textarea
              {...props}
              rows={2}
              spellCheck={false}
              value={draft.origins}
              onChange={set('origins')}
            />
          )}
        </FormRow>
        <p className={css.help}>{texts.storedEncryptedOnThisServer}</p>
        <Problem text={problems.whole} />
        <div className={`${css.buttons} ${css.end}`}>
          <Button onClick={onClose}>{texts.cancel}</Button>
          <Button type="submit" tone="primary" disabled={busy}>
            {busy ? texts.saving : texts.save}
          </Button>
        </div>
      </form>
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
