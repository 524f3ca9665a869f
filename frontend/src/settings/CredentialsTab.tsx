/** Providers' secrets: they can be added and deleted, and are never shown again. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { LockKeyhole, Plus, Trash2 } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import {
  type CredentialWire,
  credentialCreate,
  credentialDelete,
  credentialList,
} from '../api/account'
import { useNow } from '../library/useNow'
import { ago } from '../library/words'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { toast } from '../ui/toasts'
import { Confirm } from './Confirm'
import { FormRow } from './FormRow'
import css from './forms.module.css'
import { Loaded } from './Loaded'
import { Problem } from './ProfileTab'
import { useSubmit } from './useSubmit'

export function CredentialsTab() {
  const client = useQueryClient()
  const credentials = useQuery({ queryKey: ['credentials'], queryFn: credentialList })
  const [adding, setAdding] = useState(false)
  const [deleting, setDeleting] = useState<CredentialWire | null>(null)
  const refresh = () => client.invalidateQueries({ queryKey: ['credentials'] })
  return (
    <section>
      <div className={css.head}>
        <p>
          Secrets that your workflows send to other services. Each goes only to the addresses you
          name, is kept encrypted, and is never shown again.
        </p>
        <Button
          tone="primary"
          icon={<Plus aria-hidden size={15} />}
          onClick={() => setAdding(true)}
        >
          Add credential
        </Button>
      </div>
      <Loaded query={credentials} what="your credentials">
        {rows =>
          rows.length ? (
            <ul className={css.list} aria-label="Credentials">
              {rows.map(row => (
                <Row key={row.id} row={row} onDelete={() => setDeleting(row)} />
              ))}
            </ul>
          ) : (
            <div className={css.empty}>
              <LockKeyhole aria-hidden size={26} strokeWidth={1.6} />
              <p>No credentials yet. Nodes that run here need none.</p>
            </div>
          )
        }
      </Loaded>
      {adding && (
        <Add
          onClose={() => setAdding(false)}
          onAdded={name => {
            setAdding(false)
            toast(`“${name}” is kept.`)
            void refresh()
          }}
        />
      )}
      {deleting && (
        <Confirm
          title={`Delete “${deleting.name}”?`}
          about="Workflows that use it fail from now on. The secret cannot be brought back."
          verb="Delete"
          onDo={async () => {
            await credentialDelete(deleting.id)
            await refresh()
          }}
          onClose={() => setDeleting(null)}
        />
      )}
    </section>
  )
}

function Row({ row, onDelete }: { row: CredentialWire; onDelete: () => void }) {
  const now = useNow()
  return (
    <li>
      <div className={css.what}>
        <b>{row.name}</b>
        <p>
          {row.provider} · <span className={css.mono}>…{row.last4}</span> · added{' '}
          {ago(row.createdAt, now)}
        </p>
        <p>{row.allowedOrigins.join(', ')}</p>
      </div>
      <Button
        tone="ghost"
        label={`Delete ${row.name}`}
        icon={<Trash2 aria-hidden size={16} />}
        onClick={onDelete}
      />
    </li>
  )
}

const BLANK = { name: '', provider: '', origins: '', secret: '' }
const NEEDED = {
  name: 'Give it a name.',
  provider: 'Name the service it is for.',
  secret: 'Paste the secret.',
}

function Add({ onClose, onAdded }: { onClose: () => void; onAdded: (name: string) => void }) {
  const [draft, setDraft] = useState(BLANK)
  const { busy, problems, submit } = useSubmit([...Object.keys(NEEDED), 'allowedOrigins'])
  const origins = draft.origins.split(/[\s,]+/).filter(Boolean)
  const add = (event: FormEvent) => {
    event.preventDefault()
    const missing = Object.fromEntries(
      Object.entries(NEEDED).filter(([name]) => !draft[name as keyof typeof NEEDED].trim()),
    )
    void submit(async () => {
      const { name, provider, secret } = draft
      await credentialCreate({ name, provider, secret, allowedOrigins: origins })
      onAdded(name.trim())
    }, missing)
  }
  const set = (name: keyof typeof BLANK) => (event: { target: { value: string } }) =>
    setDraft({ ...draft, [name]: event.target.value })
  return (
    <Dialog title="Add credential" onClose={onClose}>
      <form className={css.form} noValidate autoComplete="off" onSubmit={add}>
        <FormRow label="Name" problem={problems.fields.name}>
          {props => (
            <input {...props} type="text" autoFocus value={draft.name} onChange={set('name')} />
          )}
        </FormRow>
        <FormRow
          label="Provider"
          help="The service it is for, such as fal."
          problem={problems.fields.provider}
        >
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
        <FormRow
          label="May be sent to"
          help="Origins such as https://api.example.com, one on each line; none for fal’s own."
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
        <FormRow label="Secret" problem={problems.fields.secret}>
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
        <Problem text={problems.whole} />
        <div className={`${css.buttons} ${css.end}`}>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" tone="primary" disabled={busy}>
            {busy ? 'Keeping it…' : 'Keep it'}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
