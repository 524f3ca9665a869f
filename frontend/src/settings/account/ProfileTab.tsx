/** Who one is: names, e-mail, password, what the tier allows; for staff, inviting others. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { accountGet, accountSave, passwordChange } from '../../api/account'
import type { Account } from '../../api/schema'
import { fileSize } from '../../lib/format'
import { toast } from '../../lib/toasts'
import { Form } from '../../ui/forms/Form'
import { FormRow } from '../../ui/forms/FormRow'
import css from '../../ui/forms/forms.module.css'
import { Loaded } from '../../ui/forms/Loaded'
import { TextRow } from '../../ui/forms/TextRow'
import { useSubmit } from '../../ui/forms/useSubmit'
import { texts } from '../texts'
import { Invite } from './Invite'
import tab from './ProfileTab.module.css'

export function ProfileTab() {
  const account = useQuery({ queryKey: ['account'], queryFn: accountGet })
  return (
    <Loaded query={account} what={texts.yourAccount}>
      {data => (
        <>
          <Names account={data} />
          <Password key={String(data.hasPassword)} account={data} />
          <Limits account={data} />
          {data.isStaff && <Invite />}
        </>
      )}
    </Loaded>
  )
}

function Names({ account }: { account: Account }) {
  const client = useQueryClient()
  const { firstName, lastName, email } = account
  const [draft, setDraft] = useState({ firstName, lastName, email })
  const form = useSubmit(['firstName', 'lastName', 'email'])
  const same = draft.firstName === firstName && draft.lastName === lastName && draft.email === email
  const save = () => {
    void form.submit(async () => {
      const saved = await accountSave(draft)
      client.setQueryData(['account'], saved)
      setDraft({ firstName: saved.firstName, lastName: saved.lastName, email: saved.email })
      toast(texts.yourProfileIsSaved)
    })
  }
  return (
    <section className={css.card}>
      <h2>{texts.profile}</h2>
      <Form sending={form} onSubmit={save} disabled={same}>
        <FormRow label={texts.userName} help={texts.theNameYouLogInWith}>
          {props => <input {...props} type="text" value={account.username} disabled />}
        </FormRow>
        <div className={css.pair}>
          <TextRow
            label={texts.firstName}
            problem={form.problems.fields.firstName}
            autoComplete="given-name"
            value={draft.firstName}
            onChange={value => setDraft({ ...draft, firstName: value })}
          />
          <TextRow
            label={texts.lastName}
            problem={form.problems.fields.lastName}
            autoComplete="family-name"
            value={draft.lastName}
            onChange={value => setDraft({ ...draft, lastName: value })}
          />
        </div>
        <TextRow
          label={texts.eMail}
          problem={form.problems.fields.email}
          type="email"
          autoComplete="email"
          value={draft.email}
          onChange={value => setDraft({ ...draft, email: value })}
        />
      </Form>
    </section>
  )
}

const BLANK = { current: '', next: '', again: '' }

function Password({ account }: { account: Account }) {
  const client = useQueryClient()
  const known = account.hasPassword !== false
  const [draft, setDraft] = useState(BLANK)
  const form = useSubmit(['current', 'new'])
  const save = () => {
    const missing: Record<string, string> = {}
    if (known && !draft.current) missing.current = texts.enterYourCurrentPassword
    if (!draft.next) missing.new = texts.enterANewPassword
    else if (draft.next !== draft.again) missing.again = texts.theTwoPasswordsDiffer
    void form.submit(async () => {
      await passwordChange({ ...(known ? { current: draft.current } : {}), new: draft.next })
      setDraft(BLANK)
      toast(texts.thePasswordIsSet)
      await client.invalidateQueries({ queryKey: ['account'] })
    }, missing)
  }
  const field = (name: keyof typeof BLANK, label: string, fill: string, problem?: string) => (
    <TextRow
      label={label}
      problem={problem}
      type="password"
      autoComplete={fill}
      value={draft[name]}
      onChange={value => setDraft({ ...draft, [name]: value })}
    />
  )
  return (
    <section className={css.card}>
      <h2>{texts.password}</h2>
      <Form
        sending={form}
        onSubmit={save}
        tone="plain"
        verb={known ? texts.changePassword : texts.setPassword}
      >
        {!known && <p className={css.note}>{texts.youLoggedInWithALink}</p>}
        {known &&
          field('current', texts.currentPassword, 'current-password', form.problems.fields.current)}
        <div className={css.pair}>
          {field('next', texts.newPassword, 'new-password', form.problems.fields.new)}
          {field('again', texts.newPasswordAgain, 'new-password', form.problems.fields.again)}
        </div>
      </Form>
    </section>
  )
}

function Limits({ account }: { account: Account }) {
  const { maxWorkflows, workflows, ratePerMinute, storageBytes, storageUsed } = account.limits
  return (
    <section className={css.card}>
      <h2>{texts.limits}</h2>
      <dl className={tab.facts}>
        <Fact
          name={texts.tier}
          words={texts.tiers[account.tier as keyof typeof texts.tiers] ?? account.tier}
        />
        <Fact
          name={texts.workflows}
          words={
            maxWorkflows === null
              ? texts.countNoLimit(workflows)
              : texts.countOfMost(workflows, maxWorkflows)
          }
          share={maxWorkflows ? workflows / maxWorkflows : undefined}
        />
        <Fact
          name={texts.requestsByKey}
          words={ratePerMinute === null ? texts.noLimit : texts.aMinute(ratePerMinute)}
        />
        <Fact
          name={texts.files}
          words={
            storageBytes === null
              ? fileSize(storageUsed)
              : texts.sizeOfMost(fileSize(storageUsed), fileSize(storageBytes))
          }
          share={storageBytes ? storageUsed / storageBytes : undefined}
        />
      </dl>
    </section>
  )
}

function Fact({ name, words, share }: { name: string; words: string; share?: number | undefined }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {words}
        {share !== undefined && (
          <span className={tab.meter} aria-hidden>
            <i
              data-full={share > 0.9 || undefined}
              style={{ width: `${Math.min(share, 1) * 100}%` }}
            />
          </span>
        )}
      </dd>
    </div>
  )
}
