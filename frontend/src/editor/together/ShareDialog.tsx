/** With whom the workflow is shared: by name, with a role each; every change applies at once. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { UserPlus } from 'lucide-react'
import { useState } from 'react'
import { accountGet } from '../../api/account'
import { collaboratorList, workflowShare } from '../../api/collaborators'
import type { Collaborator, SharingLink } from '../../api/schema'
import { Button } from '../../ui/controls/Button'
import { Dialog } from '../../ui/controls/Dialog'
import { Confirm } from '../../ui/forms/Confirm'
import { Problem } from '../../ui/forms/Problem'
import { useSubmit } from '../../ui/forms/useSubmit'
import { initials } from '../../ui/shell/initials'
import { useSession } from '../session'
import { LinkChoice } from './LinkChoice'
import { PaymentChoice } from './PaymentChoice'
import css from './ShareDialog.module.css'
import { texts } from './texts'

type Role = Collaborator['role']
const ROLES: readonly Role[] = ['view', 'run', 'edit']

export default function ShareDialog() {
  const { view, slug, store } = useSession()
  const client = useQueryClient()
  const key = ['collaborators', slug]
  const account = useQuery({ queryKey: ['account'], queryFn: accountGet })
  const users = useQuery({ queryKey: key, queryFn: () => collaboratorList(slug) })
  const { busy, problems, submit } = useSubmit(['user', 'role'])
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('edit')
  const [removing, setRemoving] = useState<string | null>(null)
  const share = async (user: string, role: Role | null) => {
    client.setQueryData(key, await workflowShare(slug, { user, role }))
  }
  const invite = () =>
    submit(
      async () => {
        await share(name.trim(), role)
        setName('')
      },
      name.trim() ? {} : { user: texts.whoIsMissing },
    )
  const hasLink = Boolean(client.getQueryData<SharingLink>(['link', slug])?.role)
  const close = () => view.setState({ sharing: false })
  const title = texts.shareName(String(store.document.name ?? ''))
  return (
    <Dialog title={title} onClose={close}>
      <form
        className={css.invite}
        noValidate
        autoComplete="off"
        onSubmit={event => {
          event.preventDefault()
          void invite()
        }}
      >
        <input
          className={css.control}
          data-autofocus
          aria-label={texts.userName}
          placeholder={texts.userName}
          value={name}
          maxLength={150}
          aria-invalid={Boolean(problems.fields.user)}
          onChange={event => setName(event.target.value)}
        />
        <RoleChoice label={texts.roleOfTheNewUser} role={role} onChange={setRole} />
        <Button
          type="submit"
          tone="primary"
          disabled={busy}
          icon={<UserPlus aria-hidden size={15} />}
        >
          {texts.share}
        </Button>
      </form>
      <Problem text={problems.fields.user || problems.whole} />
      <ul className={css.users} aria-label={texts.sharedWith}>
        <li>
          <span className={css.avatar} aria-hidden="true">
            {initials(account.data?.username ?? '')}
          </span>
          <b>{texts.you(account.data?.username ?? '')}</b>
          <span className={css.owner}>{texts.owner}</span>
        </li>
        {users.data?.map(row => (
          <li key={row.user}>
            <span className={css.avatar} aria-hidden="true">
              {initials(row.user)}
            </span>
            <b>{row.user}</b>
            <RoleChoice
              label={texts.roleOf(row.user)}
              role={row.role}
              onChange={chosen => void submit(() => share(row.user, chosen))}
              onRemove={() => setRemoving(row.user)}
            />
          </li>
        ))}
      </ul>
      <dl className={css.roles}>
        {ROLES.map(role => (
          <div key={role}>
            <dt>{texts.can[role]}</dt>
            <dd>{texts.roleMeans[role]}</dd>
          </div>
        ))}
      </dl>
      <LinkChoice />
      <PaymentChoice />
      <div className={css.end}>
        <span>{texts.changesApplyAtOnce}</span>
        <Button onClick={close}>{texts.done}</Button>
      </div>
      {removing !== null && (
        <Confirm
          title={texts.stopSharingWith(removing)}
          about={[
            texts.pagesCloseWithinASecond(removing),
            hasLink ? texts.linkStillLetsIn : '',
          ].join(' ')}
          verb={texts.stopSharing}
          onDo={() => share(removing, null)}
          onClose={() => setRemoving(null)}
        />
      )}
    </Dialog>
  )
}

interface ChoiceProps {
  label: string
  role: Role
  onChange: (role: Role) => void
  onRemove?: () => void
}

function RoleChoice({ label, role, onChange, onRemove }: ChoiceProps) {
  return (
    <select
      className={css.control}
      aria-label={label}
      value={role}
      onChange={event => {
        const chosen = ROLES.find(role => role === event.target.value)
        if (chosen) onChange(chosen)
        else onRemove?.()
      }}
    >
      {ROLES.map(role => (
        <option key={role} value={role}>
          {texts.can[role]}
        </option>
      ))}
      {onRemove && <option value="remove">{texts.remove}</option>}
    </select>
  )
}
