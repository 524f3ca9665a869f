/** Providers' secrets: they can be added and deleted, and are never shown again. */

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { LockKeyhole, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { credentialDelete, credentialList } from '../../api/account'
import type { Credential } from '../../api/schema'
import { ago } from '../../lib/time'
import { toast } from '../../lib/toasts'
import { Button } from '../../ui/controls/Button'
import { NewCredential } from '../../ui/credentials/NewCredential'
import { Confirm } from '../../ui/forms/Confirm'
import css from '../../ui/forms/forms.module.css'
import { Loaded } from '../../ui/forms/Loaded'
import { useNow } from '../../ui/useNow'

export function CredentialsTab() {
  const client = useQueryClient()
  const credentials = useQuery({ queryKey: ['credentials'], queryFn: credentialList })
  const [adding, setAdding] = useState(false)
  const [deleting, setDeleting] = useState<Credential | null>(null)
  const refresh = () => client.invalidateQueries({ queryKey: ['credentials'] })
  return (
    <section>
      <div className={css.head}>
        <p>
          Keys that your workflows send to other services. Each is sent only to its allowed domains,
          stored encrypted, and never shown again.
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
        <NewCredential
          onClose={() => setAdding(false)}
          onAdded={({ name }) => {
            setAdding(false)
            toast(`“${name}” is saved.`)
            void refresh()
          }}
        />
      )}
      {deleting && (
        <Confirm
          title={`Delete “${deleting.name}”?`}
          about={`${consequence(deleting)} This cannot be undone.`}
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

function Row({ row, onDelete }: { row: Credential; onDelete: () => void }) {
  const now = useNow()
  return (
    <li>
      <div className={css.what}>
        <b>{row.name}</b>
        <p>
          {row.provider} · <span className={css.mono}>…{row.last4}</span> · added{' '}
          {ago(row.createdAt, now)} ·{' '}
          {row.lastUsedAt ? `last used ${ago(row.lastUsedAt, now)}` : 'not used yet'}
        </p>
        <p>{row.allowedOrigins.join(', ')}</p>
        {row.workflows.length > 0 && (
          <p>
            Used in{' '}
            {row.workflows.map(({ slug, name }, i) => (
              <span key={slug}>
                {i > 0 && ', '}
                <a href={`/app/editor/${encodeURIComponent(slug)}`}>{name}</a>
              </span>
            ))}
          </p>
        )}
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

/** What goes wrong without a key, in a sentence. */
function consequence({ workflows }: Credential): string {
  if (!workflows.length) return 'No workflow chooses it.'
  const names = workflows.slice(0, 3).map(({ name }) => `“${name}”`)
  const more = workflows.length - names.length
  return `${names.join(', ')}${more ? ` and ${more} more` : ''} will fail until you choose another key there.`
}
