/** Providers' secrets: they can be added and deleted, and are never shown again. */

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { CircleDollarSign, LockKeyhole, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { credentialDelete, credentialList } from '../../api/account'
import type { Credential } from '../../api/schema'
import { list } from '../../lib/locale'
import { ago } from '../../lib/time'
import { toast } from '../../lib/toasts'
import { Button } from '../../ui/controls/Button'
import { CapsDialog } from '../../ui/credentials/CapsDialog'
import { capWords, spentWords } from '../../ui/credentials/caps'
import { NewCredential } from '../../ui/credentials/NewCredential'
import { Confirm } from '../../ui/forms/Confirm'
import css from '../../ui/forms/forms.module.css'
import { Loaded } from '../../ui/forms/Loaded'
import { rich } from '../../ui/text/rich'
import { useNow } from '../../ui/useNow'
import { texts } from '../texts'

export function CredentialsTab() {
  const client = useQueryClient()
  const credentials = useQuery({ queryKey: ['credentials'], queryFn: credentialList })
  const [adding, setAdding] = useState(false)
  const [capped, setCapped] = useState<Credential | null>(null)
  const [deleting, setDeleting] = useState<Credential | null>(null)
  const refresh = () => client.invalidateQueries({ queryKey: ['credentials'] })
  return (
    <section>
      <div className={css.head}>
        <p>{texts.keysThatYourWorkflowsSend}</p>
        <Button
          tone="primary"
          icon={<Plus aria-hidden size={15} />}
          onClick={() => setAdding(true)}
        >
          {texts.addCredential}
        </Button>
      </div>
      <Loaded query={credentials} what={texts.yourCredentials}>
        {rows =>
          rows.length ? (
            <ul className={css.list} aria-label={texts.credentials}>
              {rows.map(row => (
                <Row
                  key={row.id}
                  row={row}
                  onCap={() => setCapped(row)}
                  onDelete={() => setDeleting(row)}
                />
              ))}
            </ul>
          ) : (
            <div className={css.empty}>
              <LockKeyhole aria-hidden size={26} strokeWidth={1.6} />
              <p>{texts.noCredentialsYet}</p>
            </div>
          )
        }
      </Loaded>
      {adding && (
        <NewCredential
          onClose={() => setAdding(false)}
          onAdded={({ name }) => {
            setAdding(false)
            toast(texts.nameIsSaved(name))
            void refresh()
          }}
        />
      )}
      {capped && <CapsDialog credential={capped} onClose={() => setCapped(null)} />}
      {deleting && (
        <Confirm
          title={texts.deleteName(deleting.name)}
          about={consequence(deleting)}
          verb={texts.delete}
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

function Row(props: { row: Credential; onCap: () => void; onDelete: () => void }) {
  const { row, onCap, onDelete } = props
  const now = useNow()
  const links = Object.fromEntries(
    row.workflows.map(({ slug, name }, i) => [
      `w${i}`,
      () => <a href={`/app/editor/${encodeURIComponent(slug)}`}>{name}</a>,
    ]),
  )
  return (
    <li>
      <div className={css.what}>
        <b>{row.name}</b>
        <p>
          {row.provider} · <span className={css.mono}>…{row.last4}</span> · {used(row, now)}
        </p>
        <p>{list(row.allowedOrigins)}</p>
        <p>{list([spentWords(row), capWords(row)])}</p>
        {row.workflows.length > 0 && (
          <p>
            {rich(texts.usedInWorkflows(row.workflows.map((_, i) => `<w${i}>${i}</w${i}>`)), links)}
          </p>
        )}
      </div>
      <Button
        tone="ghost"
        label={texts.setCapsFor(row.name)}
        icon={<CircleDollarSign aria-hidden size={16} />}
        onClick={onCap}
      />
      <Button
        tone="ghost"
        label={texts.deleteApp(row.name)}
        icon={<Trash2 aria-hidden size={16} />}
        onClick={onDelete}
      />
    </li>
  )
}

/** What goes wrong without a key, in a sentence. */
function consequence({ workflows }: Credential): string {
  if (!workflows.length) return texts.noWorkflowStops
  const names = workflows.slice(0, 3).map(({ name }) => `“${name}”`)
  const more = workflows.length - names.length
  return more ? texts.workflowsAndMoreStop(names, more) : texts.workflowsStop(names)
}

function used({ createdAt, lastUsedAt }: Credential, now: Date): string {
  const added = ago(createdAt, now)
  return lastUsedAt ? texts.addedUsed(added, ago(lastUsedAt, now)) : texts.addedNotUsed(added)
}
