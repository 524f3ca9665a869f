/** Staff invite users by a link that works once. */

import { type FormEvent, useState } from 'react'
import { invitationCreate } from '../../api/account'
import type { Invitation } from '../../api/schema'
import { Button } from '../../ui/controls/Button'
import { FormRow } from '../../ui/forms/FormRow'
import css from '../../ui/forms/forms.module.css'
import { Problem } from '../../ui/forms/Problem'
import { useSubmit } from '../../ui/forms/useSubmit'
import { CopyButton } from '../../ui/text/CopyButton'
import secret from '../SecretDialog.module.css'
import { texts } from '../texts'
import { dayWords } from './usage'

export function Invite() {
  const [email, setEmail] = useState('')
  const [tier, setTier] = useState('free')
  const [made, setMade] = useState<Invitation | null>(null)
  const { busy, problems, submit } = useSubmit(['email', 'tier'])
  const invite = (event: FormEvent) => {
    event.preventDefault()
    void submit(async () => setMade(await invitationCreate({ email, tier })))
  }
  return (
    <section className={css.card}>
      <h2>{texts.inviteAUser}</h2>
      <form className={css.form} noValidate onSubmit={invite}>
        <div className={css.pair}>
          <FormRow
            label={texts.theirEMail}
            help={texts.mayStayEmpty}
            problem={problems.fields.email}
          >
            {props => (
              <input
                {...props}
                type="email"
                autoComplete="off"
                value={email}
                onChange={event => setEmail(event.target.value)}
              />
            )}
          </FormRow>
          <FormRow label={texts.tier} problem={problems.fields.tier}>
            {props => (
              <select {...props} value={tier} onChange={event => setTier(event.target.value)}>
                {Object.entries(texts.tiers).map(([key, name]) => (
                  <option key={key} value={key}>
                    {name}
                  </option>
                ))}
              </select>
            )}
          </FormRow>
        </div>
        <Problem text={problems.whole} />
        <div className={css.buttons}>
          <Button type="submit" disabled={busy}>
            {texts.createLink}
          </Button>
        </div>
      </form>
      {made && (
        <div role="status">
          <div className={secret.secret}>
            <code>{made.url}</code>
            <CopyButton text={made.url}>{texts.copy}</CopyButton>
          </div>
          <p className={css.help}>{texts.sendItToThem(dayWords(made.expiresAt.slice(0, 10)))}</p>
        </div>
      )}
    </section>
  )
}
