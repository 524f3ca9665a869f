/** Who pays for runs by others: the owner within a limit, for what is published, or each user. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { paymentGet, paymentSet } from '../../api/collaborators'
import type { Payment } from '../../api/schema'
import { Problem } from '../../ui/forms/Problem'
import { useSubmit } from '../../ui/forms/useSubmit'
import { useSession } from '../session'
import css from './PaymentChoice.module.css'
import dialog from './ShareDialog.module.css'
import { texts } from './texts'

export function PaymentChoice() {
  const { slug } = useSession()
  const client = useQueryClient()
  const key = ['payment', slug]
  const { data } = useQuery({ queryKey: key, queryFn: () => paymentGet(slug) })
  const { busy, problems, submit } = useSubmit(['payer', 'dailyUsd'])
  const [limit, setLimit] = useState('')
  const saved = data?.dailyUsd
  useEffect(() => setLimit(saved === undefined ? '' : String(saved)), [saved])
  if (!data) return null
  const set = (body: Payment) =>
    void submit(async () => {
      client.setQueryData(key, await paymentSet(slug, body))
    })
  const saveLimit = () => {
    const dailyUsd = Number(limit)
    if (limit.trim() === '' || Number.isNaN(dailyUsd)) setLimit(String(data.dailyUsd))
    else if (dailyUsd !== data.dailyUsd) set({ payer: data.payer, dailyUsd })
  }
  const choices = [
    {
      payer: 'owner' as const,
      name: texts.youPay,
      about: data.number === null ? texts.publishFirst : texts.youPayFor(data.number),
    },
    { payer: 'runner' as const, name: texts.eachPays, about: texts.eachPaysWith },
  ]
  return (
    <fieldset className={css.payment} disabled={busy}>
      <legend>{texts.whoPays}</legend>
      <div className={css.choices}>
        {choices.map(({ payer, name, about }) => (
          <label key={payer} className={css.choice}>
            <input
              type="radio"
              name="payer"
              checked={data.payer === payer}
              disabled={payer === 'owner' && data.number === null && data.payer !== payer}
              onChange={() => set({ payer })}
            />
            <b>{name}</b>
            <span>{about}</span>
          </label>
        ))}
      </div>
      {data.payer === 'owner' && (
        <label className={css.limit}>
          {texts.limitADay}
          <input
            className={dialog.control}
            type="number"
            min="0"
            step="0.5"
            inputMode="decimal"
            value={limit}
            onChange={event => setLimit(event.target.value)}
            onBlur={saveLimit}
            onKeyDown={event => event.key === 'Enter' && saveLimit()}
          />
        </label>
      )}
      {data.number === null && (
        <a href={`/workflows/${encodeURIComponent(slug)}/history`}>{texts.openTheHistory}</a>
      )}
      <Problem text={problems.fields.payer || problems.fields.dailyUsd || problems.whole} />
    </fieldset>
  )
}
