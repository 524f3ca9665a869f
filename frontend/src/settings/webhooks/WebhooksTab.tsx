/** Where the runs of each key report their end, and how the last reports went. */
import { useQuery } from '@tanstack/react-query'
import { Webhook as WebhookIcon } from 'lucide-react'
import { keyList } from '../../api/keys'
import css from '../../ui/forms/forms.module.css'
import { Loaded } from '../../ui/forms/Loaded'
import { covers } from '../keys/capabilities'
import { WebhookCard } from './WebhookCard'

export function WebhooksTab() {
  const keys = useQuery({ queryKey: ['keys'], queryFn: keyList })
  return (
    <section>
      <div className={css.head}>
        <p>
          When a run that a key has started ends, its result is sent to the key’s webhook, signed
          with the webhook’s secret. <a href="/api/docs">How to check the signature</a>
        </p>
      </div>
      <Loaded query={keys} what="your keys">
        {rows => {
          const able = rows.filter(row => covers(row.capabilities, 'webhook:receive'))
          if (able.length) return able.map(row => <WebhookCard key={row.id} row={row} />)
          return (
            <div className={css.empty}>
              <WebhookIcon aria-hidden size={26} strokeWidth={1.6} />
              <p>
                {rows.length
                  ? 'None of your API keys has the webhook permission.'
                  : 'A webhook belongs to an API key, and you have none yet.'}{' '}
                <a href="#keys">Create API key</a> with this permission.
              </p>
            </div>
          )
        }}
      </Loaded>
    </section>
  )
}
