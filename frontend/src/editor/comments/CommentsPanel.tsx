/** All threads of the workflow as a list: open or resolved ones, narrowed to what is unread. */
import { CheckCheck, X } from 'lucide-react'
import { type KeyboardEvent, useState } from 'react'
import { useStore } from 'zustand'
import type { CommentMember, CommentThread } from '../../api/schema'
import { ago } from '../../lib/time'
import { Button } from '../../ui/controls/Button'
import { LoadError } from '../../ui/LoadError'
import { initials } from '../../ui/shell/initials'
import { useNow } from '../../ui/useNow'
import { useSession } from '../session'
import css from './Comments.module.css'
import { inkOf, nameOf, whereOf } from './names'
import { canComment, showComments } from './show'
import { commentsOf, open, read, see } from './store'
import { texts } from './texts'

type Filter = 'all' | 'unread' | 'mentions'

const FILTERS: readonly [Filter, string][] = [
  ['all', texts.all],
  ['unread', texts.unread],
  ['mentions', texts.mentionsOfYou],
]

export function CommentsPanel() {
  const session = useSession()
  const { threads, members, error, loaded } = useStore(commentsOf(session))
  const current = useStore(session.view, state => state.comments.thread)
  // Titles of nodes, and whether they are there.
  useStore(session.store.state, state => state.document.nodes)
  const [resolved, setResolved] = useState(false)
  const [filter, setFilter] = useState<Filter>('all')
  const own = members.find(({ you }) => you)?.user
  const side = threads.filter(({ resolvedAt }) => (resolvedAt !== null) === resolved)
  const shown = side.filter(thread => fits(thread, filter, own)).toReversed()
  const unread = side.filter(thread => thread.unread).map(({ id }) => id)
  const close = () => showComments(session, { panel: false })
  const keys = (event: KeyboardEvent) => {
    if (!event.ctrlKey && !event.metaKey) event.stopPropagation()
    if (event.key === 'Escape') close()
  }
  const number = (isResolved: boolean) =>
    threads.filter(({ resolvedAt }) => (resolvedAt !== null) === isResolved).length
  return (
    <section className={css.panel} aria-label={texts.comments} onKeyDown={keys}>
      <header>
        <h2>{texts.comments}</h2>
        {unread.length > 0 && (
          <Button
            tone="ghost"
            label={texts.markAllAsRead}
            icon={<CheckCheck size={16} />}
            onClick={() => void see(session, unread)}
          />
        )}
        <Button tone="ghost" label={texts.close} icon={<X size={16} />} onClick={close} />
      </header>
      <div className={css.filters}>
        {[false, true].map(one => (
          <Button
            key={String(one)}
            aria-pressed={resolved === one}
            onClick={() => setResolved(one)}
          >
            {(one ? texts.resolved : texts.open)(number(one))}
          </Button>
        ))}
        <select
          aria-label={texts.which}
          value={filter}
          onChange={event => setFilter(event.target.value as Filter)}
        >
          {FILTERS.map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </div>
      {error !== null && (
        <LoadError
          what={texts.theComments}
          message={error}
          busy={false}
          onRetry={() => void read(session)}
        />
      )}
      {shown.length > 0 ? (
        <ul className={css.list}>
          {shown.map(thread => (
            <li key={thread.id}>
              <Row thread={thread} members={members} current={thread.id === current} />
            </li>
          ))}
        </ul>
      ) : (
        loaded && (
          <div className={css.empty}>
            <b>{side.length ? texts.nothingMatches : resolved ? texts.noneResolved : texts.none}</b>
            {!side.length && !resolved && (
              <p>{canComment(session) ? texts.noneMore : texts.noneRead}</p>
            )}
          </div>
        )
      )}
    </section>
  )
}

/** Whether a filter lets a thread through; what one is reading stays where it is. */
function fits(thread: CommentThread, filter: Filter, own: string | undefined): boolean {
  if (filter === 'unread') return thread.unread > 0
  if (filter === 'all') return true
  return thread.comments.some(({ mentions }) => own !== undefined && mentions.includes(own))
}

interface RowProps {
  thread: CommentThread
  members: readonly CommentMember[]
  current: boolean
}

function Row({ thread, members, current }: RowProps) {
  const session = useSession()
  const now = useNow()
  const first = thread.comments[0]
  const last = thread.comments.at(-1)
  if (!first || !last) return null
  const replies = thread.comments.length - 1
  return (
    <button
      type="button"
      className={css.row}
      aria-current={current || undefined}
      onClick={() => open(session, thread.id)}
    >
      <span className={css.avatar} style={{ '--ink': inkOf(first.author) } as object} aria-hidden>
        {initials(first.author?.name ?? texts.formerMember)}
      </span>
      <span className={css.head}>
        <b>{nameOf(first.author, members)}</b>
        <time dateTime={last.createdAt}>{ago(last.createdAt, now)}</time>
        {thread.unread > 0 && <em>{texts.unreadCount(thread.unread)}</em>}
      </span>
      <span className={css.excerpt}>{first.text}</span>
      <small>
        {whereOf(session, thread.anchor)}
        {replies > 0 && ` · ${texts.replies(replies)}`}
      </small>
    </button>
  )
}
