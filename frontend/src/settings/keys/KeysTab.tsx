/** A person's keys: what each may do and when it was used, making one, revoking one. */

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { KeyRound, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { keyList, keyPresets, keyRevoke } from '../../api/keys'
import type { ApiKey, NewApiKey } from '../../api/schema'
import { ago } from '../../lib/time'
import { toast } from '../../lib/toasts'
import { Button } from '../../ui/controls/Button'
import { Confirm } from '../../ui/forms/Confirm'
import css from '../../ui/forms/forms.module.css'
import { Loaded } from '../../ui/forms/Loaded'
import { useNow } from '../../ui/useNow'
import { SecretDialog } from '../SecretDialog'
import { rightsWords } from './capabilities'
import { NewKey } from './NewKey'

export function KeysTab() {
  const client = useQueryClient()
  const keys = useQuery({ queryKey: ['keys'], queryFn: keyList })
  const presets = useQuery({ queryKey: ['key presets'], queryFn: keyPresets })
  const [making, setMaking] = useState(false)
  const [made, setMade] = useState<NewApiKey | null>(null)
  const [revoking, setRevoking] = useState<ApiKey | null>(null)
  const refresh = () => client.invalidateQueries({ queryKey: ['keys'] })
  const none = presets.data?.ceiling.length === 0
  return (
    <section>
      <div className={css.head}>
        <p>
          Programs use a key to run your workflows over the API. A key has the permissions you
          choose, within the limits of your tier. <a href="/api/docs">What the API can do</a>
        </p>
        {!none && (
          <Button
            tone="primary"
            icon={<Plus aria-hidden size={15} />}
            disabled={!presets.data}
            onClick={() => setMaking(true)}
          >
            New key
          </Button>
        )}
      </div>
      {none && (
        <div className={css.empty}>
          <KeyRound aria-hidden size={26} strokeWidth={1.6} />
          <p>Your tier has no API keys. You can use Patchbay on its pages.</p>
        </div>
      )}
      <Loaded query={keys} what="your keys">
        {rows =>
          rows.length > 0 ? (
            <ul className={css.list} aria-label="Keys">
              {rows.map(row => (
                <Row key={row.id} row={row} onRevoke={() => setRevoking(row)} />
              ))}
            </ul>
          ) : (
            !none && (
              <div className={css.empty}>
                <KeyRound aria-hidden size={26} strokeWidth={1.6} />
                <p>No API keys yet. A program needs one to run a workflow.</p>
              </div>
            )
          )
        }
      </Loaded>
      {making && presets.data && (
        <NewKey
          presets={presets.data}
          onClose={() => setMaking(false)}
          onMade={key => {
            setMaking(false)
            setMade(key)
            void refresh()
          }}
        />
      )}
      {made && (
        <SecretDialog
          title={`The key “${made.name}”`}
          about="Copy it to where it is used. It is not stored and cannot be shown again."
          secret={made.key}
          onClose={() => setMade(null)}
        />
      )}
      {revoking && (
        <Confirm
          title={`Revoke “${revoking.name}”?`}
          about="Programs that use this key stop working at once. This cannot be undone."
          verb="Revoke"
          onDo={async () => {
            await keyRevoke(revoking.id)
            await refresh()
            toast(`The key “${revoking.name}” is revoked.`)
          }}
          onClose={() => setRevoking(null)}
        />
      )}
    </section>
  )
}

function Row({ row, onRevoke }: { row: ApiKey; onRevoke: () => void }) {
  const now = useNow()
  const used = row.lastUsedAt ? `used ${ago(row.lastUsedAt, now)}` : 'never used'
  return (
    <li>
      <div className={css.what}>
        <b>{row.name}</b>
        <p>
          <span className={css.mono}>{row.prefix}…</span> · {used} · made {ago(row.createdAt, now)}
          {row.expiresAt && ` · ${expiry(row.expiresAt, now)}`}
        </p>
        <p title={row.capabilities.join(', ')}>
          {rightsWords(row.capabilities)}
          {row.webhook && `. Sends to ${row.webhook.url}`}
        </p>
      </div>
      <Button
        tone="ghost"
        label={`Revoke ${row.name}`}
        icon={<Trash2 aria-hidden size={16} />}
        onClick={onRevoke}
      />
    </li>
  )
}

function expiry(iso: string, now: Date): string {
  const at = new Date(iso)
  const words = at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
  return at <= now ? `expired on ${words}` : `works until ${words}`
}
