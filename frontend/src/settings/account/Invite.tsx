/** Staff invite users by a link that works once. */

import { useState } from 'react'
import { invitationCreate } from '../../api/account'
import type { Invitation } from '../../api/schema'
import { Form } from '../../ui/forms/Form'
import { FormRow } from '../../ui/forms/FormRow'
import css from '../../ui/forms/forms.module.css'
import { TextRow } from '../../ui/forms/TextRow'
import { useSubmit } from '../../ui/forms/useSubmit'
import { CopyButton } from '../../ui/text/CopyButton'
import secret from '../SecretDialog.module.css'
import { texts } from '../texts'
import { dayWords } from './usage'

export function Invite() {
  const [email, setEmail] = useState('')
  const [tier, setTier] = useState('free')
  const [made, setMade] = useState<Invitation | null>(null)
  const form = useSubmit(['email', 'tier'])
  const invite = () => {
    void form.submit(async () => setMade(await invitationCreate({ email, tier })))
  }
  return (
    <section className={css.card}>
      <h2>{texts.inviteAUser}</h2>
      <Form sending={form} onSubmit={invite} tone="plain" verb={texts.createLink}>
        <div className={css.pair}>
          <TextRow
            label={texts.theirEMail}
            help={texts.mayStayEmpty}
            problem={form.problems.fields.email}
            type="email"
            autoComplete="off"
            value={email}
            onChange={setEmail}
          />
          <FormRow label={texts.tier} problem={form.problems.fields.tier}>
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
      </Form>
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
