/** The webhook of one key: its URL, a test, and its last deliveries. */

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Send, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { webhookDelete, webhookGet, webhookSave, webhookTest } from '../../api/keys'
import type { ApiKey, Delivery } from '../../api/schema'
import { ApiError, errorMessage } from '../../lib/errors'
import { ago } from '../../lib/time'
import { toast } from '../../lib/toasts'
import { Button } from '../../ui/controls/Button'
import { Confirm } from '../../ui/forms/Confirm'
import { Form } from '../../ui/forms/Form'
import css from '../../ui/forms/forms.module.css'
import { TextRow } from '../../ui/forms/TextRow'
import { useSubmit } from '../../ui/forms/useSubmit'
import { useNow } from '../../ui/useNow'
import { SecretDialog } from '../SecretDialog'
import { texts } from '../texts'
import { Redeliver } from './Redeliver'
import own from './WebhookCard.module.css'

const SHOWN = 10
/** How often the list is read again while a delivery waits. */
const POLL_MS = 3_000

export function WebhookCard({ row }: { row: ApiKey }) {
  const client = useQueryClient()
  const query = ['webhook', row.id]
  const webhook = useQuery({
    queryKey: query,
    queryFn: async () => {
      try {
        return await webhookGet(row.id)
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return null
        throw error
      }
    },
    enabled: row.webhook !== null,
    refetchInterval: ({ state }) =>
      state.data?.deliveries.some(one => one.status === 'pending') ? POLL_MS : false,
  })
  const [typed, setTyped] = useState<string | null>(null)
  const [secret, setSecret] = useState('')
  const [made, setMade] = useState<string | null>(null)
  const [removing, setRemoving] = useState(false)
  const [testing, setTesting] = useState(false)
  const [outcome, setOutcome] = useState<Delivery | string | null>(null)
  const form = useSubmit(['url', 'secret'])
  const known = row.webhook?.url ?? ''
  const url = typed ?? known
  const refresh = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: ['keys'] }),
      client.invalidateQueries({ queryKey: query }),
    ])
  const save = () => {
    const missing: Record<string, string> = url.trim() ? {} : { url: texts.enterAUrl }
    void form.submit(async () => {
      const saved = await webhookSave(row.id, { url: url.trim(), ...(secret ? { secret } : {}) })
      setTyped(null)
      setSecret('')
      setOutcome(null)
      if (saved.secret) setMade(saved.secret)
      else toast(texts.theWebhookIsSaved)
      await refresh()
    }, missing)
  }
  const test = async () => {
    setTesting(true)
    setOutcome(null)
    try {
      setOutcome(await webhookTest(row.id))
      await refresh()
    } catch (error) {
      setOutcome(errorMessage(error))
    } finally {
      setTesting(false)
    }
  }
  return (
    <section className={css.card} aria-label={texts.webhookOfName(row.name)}>
      <h2>
        {row.name} <span className={own.prefix}>{row.prefix}…</span>
      </h2>
      <Form
        className={own.form}
        sending={form}
        onSubmit={save}
        tone={known ? 'plain' : 'primary'}
        more={
          known && (
            <>
              <Button
                icon={<Send aria-hidden size={14} />}
                disabled={testing}
                onClick={() => void test()}
              >
                {testing ? texts.sending : texts.sendATest}
              </Button>
              <Button
                tone="ghost"
                label={texts.removeTheWebhookOfName(row.name)}
                icon={<Trash2 aria-hidden size={15} />}
                onClick={() => setRemoving(true)}
              />
            </>
          )
        }
      >
        <TextRow
          label={texts.url}
          problem={form.problems.fields.url}
          type="url"
          inputMode="url"
          spellCheck={false}
          placeholder="https://example.com/patchbay"
          value={url}
          onChange={setTyped}
        />
        <TextRow
          label={texts.secret}
          help={known ? texts.leftEmptyItStays : texts.leftEmptyOneIsGenerated}
          problem={form.problems.fields.secret}
          type="password"
          autoComplete="off"
          value={secret}
          onChange={setSecret}
        />
      </Form>
      {outcome && <Outcome outcome={outcome} />}
      {webhook.data && webhook.data.deliveries.length > 0 && (
        <Deliveries rows={webhook.data.deliveries.slice(0, SHOWN)} onSent={refresh} />
      )}
      {made && (
        <SecretDialog
          title={texts.theWebhooksSecret}
          about={texts.yourReceiverChecksSignatures}
          secret={made}
          onClose={() => setMade(null)}
        />
      )}
      {removing && (
        <Confirm
          title={texts.removeThisWebhook}
          about={texts.runsOfNameWillSendNothing(row.name)}
          verb={texts.remove}
          onDo={async () => {
            await webhookDelete(row.id)
            setOutcome(null)
            client.removeQueries({ queryKey: query })
            await client.invalidateQueries({ queryKey: ['keys'] })
          }}
          onClose={() => setRemoving(false)}
        />
      )}
    </section>
  )
}

function Outcome({ outcome }: { outcome: Delivery | string }) {
  const good = typeof outcome !== 'string' && outcome.status === 'delivered'
  const words = typeof outcome === 'string' ? outcome : outcome.error
  return (
    <p className={own.outcome} data-good={good || undefined} role="status">
      {good ? texts.testDelivered : texts.testFailed(words ?? '')}
    </p>
  )
}

const WORDS: Record<string, string> = {
  pending: texts.waiting,
  delivered: texts.delivered,
  failed: texts.failed,
}

function Deliveries({
  rows,
  onSent,
}: {
  rows: readonly Delivery[]
  onSent: () => Promise<unknown>
}) {
  const now = useNow()
  return (
    <div className={own.scroll}>
      <table className={own.table}>
        <caption>{texts.recentDeliveries}</caption>
        <thead>
          <tr>
            <th scope="col">{texts.status}</th>
            <th scope="col">{texts.event}</th>
            <th scope="col">{texts.when}</th>
            <th scope="col">{texts.tries}</th>
            <th scope="col">{texts.response}</th>
            <th scope="col">
              <span className="sr-only">{texts.action}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <tr key={row.id ?? row.at}>
              <td data-status={row.status}>{WORDS[row.status] ?? row.status}</td>
              <td className={css.mono}>{row.event}</td>
              <td>{ago(row.at, now)}</td>
              <td>{row.attempt}</td>
              <td>{row.error ?? (row.status === 'delivered' ? texts.ok : '')}</td>
              <td>{row.id && <Redeliver id={row.id} event={row.event} onSent={onSent} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
