/** Which version runs by the API, and how far the draft is from it; opens the history. */
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { versionsGet } from '../../api/history'
import { openHistory } from '../actions/workflow/openHistory'
import { useSession } from '../session'
import css from './DraftBadge.module.css'
import { NewerTemplate } from './NewerTemplate'
import { texts } from './texts'

export default function DraftBadge() {
  const session = useSession()
  const { slug, store } = session
  const state = useStore(store.state, ({ save }) => save.state)
  const versions = useQuery({
    queryKey: ['versions', slug],
    queryFn: ({ signal }) => versionsGet(slug, signal),
  })
  const { refetch } = versions
  const live = versions.data?.live ?? null
  // What an edit changes here: how far the draft is from what is published, and, being undone, which
  // version of its template a copy has.
  const follows = live !== null || !!versions.data?.copiedFrom
  useEffect(() => {
    if (state === 'saved' && follows) void refetch()
  }, [state, follows, refetch])
  if (!versions.data) return null
  const { copiedFrom, steps } = versions.data
  return (
    <>
      {copiedFrom && <NewerTemplate template={copiedFrom} />}
      <button
        type="button"
        className={css.badge}
        title={live === null ? texts.draftRuns : texts.versionRuns(live)}
        onClick={() => void openHistory.run(session)}
      >
        <b>{texts.draft}</b>
        {live !== null && <span>{texts.stepsSince(steps, live)}</span>}
      </button>
    </>
  )
}
