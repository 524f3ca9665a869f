/** A user's keys: what each may do and when it was used, making one, revoking one. */

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { KeyRound, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { keyList, keyPresets, keyRevoke } from '../../api/keys'
import type { ApiKey, NewApiKey } from '../../api/schema'
import { list } from '../../lib/locale'
import { ago, date } from '../../lib/time'
import { toast } from '../../lib/toasts'
import { Button } from '../../ui/controls/Button'
import { Confirm } from '../../ui/forms/Confirm'
import css from '../../ui/forms/forms.module.css'
import { Loaded } from '../../ui/forms/Loaded'
import { rich } from '../../ui/text/rich'
import { useNow } from '../../ui/useNow'
import { SecretDialog } from '../SecretDialog'
import { texts } from '../texts'
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
        <p>{rich(texts.programsUseAKey, { docs: words => <a href="/api/docs">{words}</a> })}</p>
        {!none && (
          <Button
            tone="primary"
            icon={<Plus aria-hidden size={15} />}
            disabled={!presets.data}
            onClick={() => setMaking(true)}
          >
            {texts.newKey}
          </Button>
        )}
      </div>
      {none && (
        <div className={css.empty}>
          <KeyRound aria-hidden size={26} strokeWidth={1.6} />
          <p>{texts.yourTierHasNoApiKeys}</p>
        </div>
      )}
      <Loaded query={keys} what={texts.yourKeys}>
        {rows =>
          rows.length > 0 ? (
            <ul className={css.list} aria-label={texts.keys}>
              {rows.map(row => (
                <Row key={row.id} row={row} onRevoke={() => setRevoking(row)} />
              ))}
            </ul>
          ) : (
            !none && (
              <div className={css.empty}>
                <KeyRound aria-hidden size={26} strokeWidth={1.6} />
                <p>{texts.noApiKeysYet}</p>
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
          title={texts.theKeyName(made.name)}
          about={texts.copyIt}
          secret={made.key}
          onClose={() => setMade(null)}
        />
      )}
      {revoking && (
        <Confirm
          title={texts.revokeName(revoking.name)}
          about={texts.programsThatUseThisKeyStop}
          verb={texts.revoke}
          onDo={async () => {
            await keyRevoke(revoking.id)
            await refresh()
            toast(texts.theKeyNameIsRevoked(revoking.name))
          }}
          onClose={() => setRevoking(null)}
        />
      )}
    </section>
  )
}

function Row({ row, onRevoke }: { row: ApiKey; onRevoke: () => void }) {
  const now = useNow()
  const used = row.lastUsedAt ? texts.usedWhen(ago(row.lastUsedAt, now)) : texts.neverUsed
  return (
    <li>
      <div className={css.what}>
        <b>{row.name}</b>
        <p>
          <span className={css.mono}>{row.prefix}…</span> · {used} ·{' '}
          {texts.madeWhen(ago(row.createdAt, now))}
          {row.expiresAt && ` · ${expiry(row.expiresAt, now)}`}
        </p>
        <p title={list(row.capabilities)}>
          {rightsWords(row.capabilities)}
          {row.webhook && texts.sendsToUrl(row.webhook.url)}
        </p>
      </div>
      <Button
        tone="ghost"
        label={texts.revokeLabel(row.name)}
        icon={<Trash2 aria-hidden size={16} />}
        onClick={onRevoke}
      />
    </li>
  )
}

function expiry(iso: string, now: Date): string {
  const at = new Date(iso)
  const words = date(at, { day: 'numeric', month: 'short', year: 'numeric' })
  return at <= now ? texts.expiredOnWords(words) : texts.worksUntilWords(words)
}
