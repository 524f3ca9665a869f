/** The link by which users join: its role, its text while it is new, and a new one. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Copy, RefreshCw } from 'lucide-react'
import { linkGet, linkSet } from '../../api/collaborators'
import type { LinkFields } from '../../api/schema'
import { toast } from '../../lib/toasts'
import { Button } from '../../ui/controls/Button'
import { Problem } from '../../ui/forms/Problem'
import { useSubmit } from '../../ui/forms/useSubmit'
import { useSession } from '../session'
import css from './LinkChoice.module.css'
import dialog from './ShareDialog.module.css'
import { texts } from './texts'

const ROLES = ['view', 'run', 'edit'] as const

export function LinkChoice() {
  const { slug } = useSession()
  const client = useQueryClient()
  const key = ['link', slug]
  const { data } = useQuery({
    queryKey: key,
    queryFn: () => linkGet(slug),
    // Read again, it has its text no more.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  const { busy, problems, submit } = useSubmit(['role'])
  if (!data) return null
  const set = (body: LinkFields) =>
    void submit(async () => {
      const made = await linkSet(slug, body)
      // A new role changes nothing about a text that is shown.
      const url = made.url ?? (made.last4 === data.last4 ? data.url : null)
      client.setQueryData(key, { ...made, url })
    })
  const { role, url, last4 } = data
  const copy = async () => {
    await navigator.clipboard.writeText(url ?? '')
    toast(texts.linkCopied)
  }
  return (
    <section className={css.link} aria-label={texts.anyoneWithTheLink}>
      <div className={css.row}>
        <b>{texts.anyoneWithTheLink}</b>
        <select
          className={dialog.control}
          aria-label={texts.roleOfTheLink}
          value={role ?? ''}
          disabled={busy}
          onChange={event =>
            set({ role: ROLES.find(role => role === event.target.value) ?? null, renew: false })
          }
        >
          <option value="">{texts.noAccessByLink}</option>
          {ROLES.map(role => (
            <option key={role} value={role}>
              {texts.can[role]}
            </option>
          ))}
        </select>
      </div>
      {url ? (
        <>
          <div className={css.row}>
            <input
              className={dialog.control}
              readOnly
              aria-label={texts.theLink}
              value={url}
              onFocus={event => event.target.select()}
            />
            <Button icon={<Copy aria-hidden size={14} />} onClick={() => void copy()}>
              {texts.copyLink}
            </Button>
          </div>
          <p>
            {texts.joins} {texts.shownOnce}
          </p>
        </>
      ) : role && last4 ? (
        <div className={css.row}>
          <p>{texts.linkEndsWith(last4)}</p>
          <Button
            icon={<RefreshCw aria-hidden size={14} />}
            disabled={busy}
            onClick={() => set({ role, renew: true })}
          >
            {texts.newLink}
          </Button>
        </div>
      ) : (
        <p>{texts.noLink}</p>
      )}
      <Problem text={problems.fields.role || problems.whole} />
    </section>
  )
}
