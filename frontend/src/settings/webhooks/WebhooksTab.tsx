/** Where the runs of each key report their end, and how the last reports went. */
import { useQuery } from '@tanstack/react-query'
import { Webhook as WebhookIcon } from 'lucide-react'
import { keyList } from '../../api/keys'
import css from '../../ui/forms/forms.module.css'
import { Loaded } from '../../ui/forms/Loaded'
import { rich } from '../../ui/text/rich'
import { covers } from '../keys/capabilities'
import { texts } from '../texts'
import { WebhookCard } from './WebhookCard'

export function WebhooksTab() {
  const keys = useQuery({ queryKey: ['keys'], queryFn: keyList })
  return (
    <section>
      <div className={css.head}>
        <p>{rich(texts.whenARunEnds, { docs: words => <a href="/api/docs">{words}</a> })}</p>
      </div>
      <Loaded query={keys} what={texts.yourKeys}>
        {rows => {
          const able = rows.filter(row => covers(row.capabilities, 'webhook:receive'))
          if (able.length) return able.map(row => <WebhookCard key={row.id} row={row} />)
          return (
            <div className={css.empty}>
              <WebhookIcon aria-hidden size={26} strokeWidth={1.6} />
              <p>
                {rich(rows.length ? texts.noneOfYourKeysHasWebhooks : texts.youHaveNoKeyYet, {
                  keys: words => <a href="#keys">{words}</a>,
                })}
              </p>
            </div>
          )
        }}
      </Loaded>
    </section>
  )
}
