/** An open thread beside what it is about, or a new one; on a phone a sheet at the bottom. */
import { useStore as useFlow } from '@xyflow/react'
import { Check, RotateCcw, X } from 'lucide-react'
import {
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { useStore } from 'zustand'
import type { Anchor, CommentThread } from '../../api/schema'
import { Button } from '../../ui/controls/Button'
import { type Session, useSession } from '../session'
import css from './Comments.module.css'
import { Composer } from './Composer'
import { Message } from './Message'
import { nameOf, whereOf } from './names'
import { canComment, showComments } from './show'
import { commentsOf, create, placeOf, reply, resolve, see } from './store'
import { texts } from './texts'

const WIDTH = 320
const GAP = 14
const EDGE = 8

/** What was written and not sent, by thread; it is there again when the thread is opened. */
const unsent = new WeakMap<Session, Map<string, string>>()

function unsentOf(session: Session): Map<string, string> {
  const texts = unsent.get(session) ?? new Map<string, string>()
  unsent.set(session, texts)
  return texts
}

export function ThreadCard({ thread }: { thread: CommentThread }) {
  const session = useSession()
  const { members } = useStore(commentsOf(session))
  const { id, anchor, unread } = thread
  const drafts = unsentOf(session)
  const isGone = Boolean(anchor.node) && !session.store.node(anchor.node ?? '')
  useEffect(() => {
    const seen = () => {
      if (unread && document.visibilityState === 'visible') void see(session, [id])
    }
    seen()
    document.addEventListener('visibilitychange', seen)
    return () => document.removeEventListener('visibilitychange', seen)
  }, [session, id, unread])
  const who = nameOf(thread.comments[0]?.author ?? null, members)
  return (
    <Card
      anchor={anchor}
      label={texts.thread(who, whereOf(session, anchor, true))}
      onClosed={() => document.querySelector<HTMLElement>(`[data-thread="${id}"]`)?.focus()}
      tools={
        canComment(session) && (
          <Button
            tone="ghost"
            icon={
              thread.resolvedAt ? (
                <RotateCcw aria-hidden size={14} />
              ) : (
                <Check aria-hidden size={14} />
              )
            }
            onClick={() => {
              const resolved = thread.resolvedAt === null
              if (resolved) showComments(session, { thread: null })
              void resolve(session, id, resolved)
            }}
          >
            {thread.resolvedAt ? texts.reopen : texts.resolve}
          </Button>
        )
      }
    >
      <div className={css.messages} role="log">
        {isGone && <p className={css.note}>{texts.nodeDeletedMore}</p>}
        {anchor.asset && <Result asset={anchor.asset} alt={whereOf(session, anchor)} />}
        {thread.excerpt && <blockquote className={css.excerpt}>{thread.excerpt}</blockquote>}
        {thread.comments.map(comment => (
          <Message key={comment.number} thread={id} comment={comment} members={members} />
        ))}
        {thread.resolvedAt && (
          <p className={css.note}>{texts.resolvedBy(nameOf(thread.resolvedBy, members))}</p>
        )}
      </div>
      {canComment(session) ? (
        <Composer
          key={id}
          label={texts.reply}
          hint={texts.replyHint}
          members={members}
          text={drafts.get(id) ?? ''}
          onText={text => drafts.set(id, text)}
          action={texts.reply}
          focus
          onSend={text => reply(session, id, text)}
        />
      ) : (
        <p className={css.note}>{texts.onlyRead}</p>
      )}
    </Card>
  )
}

/** The file a thread is about, as an image where it has one. */
function Result({ asset, alt }: { asset: string; alt: string }) {
  const [isImage, setIsImage] = useState(true)
  const url = `/media/${asset}`
  return (
    <a className={css.result} href={url} target="_blank" rel="noopener">
      {isImage ? (
        <img src={`${url}?w=320`} alt={alt} onError={() => setIsImage(false)} />
      ) : (
        texts.showResult
      )}
    </a>
  )
}

/** A thread that is begun. */
export function NewThread({ draft }: { draft: Anchor }) {
  const session = useSession()
  const { members } = useStore(commentsOf(session))
  const drafts = unsentOf(session)
  return (
    <Card anchor={draft} label={texts.newComment}>
      <p className={css.where}>{whereOf(session, draft)}</p>
      <Composer
        label={texts.comment}
        hint={texts.commentHint}
        members={members}
        text={drafts.get('') ?? ''}
        onText={text => drafts.set('', text)}
        action={texts.send}
        focus
        onSend={text => create(session, draft, text)}
      />
    </Card>
  )
}

interface CardProps {
  anchor: Anchor
  label: string
  tools?: ReactNode
  onClosed?: () => void
  children: ReactNode
}

function Card({ anchor, label, tools, onClosed, children }: CardProps) {
  const session = useSession()
  const box = useRef<HTMLElement>(null)
  const [height, setHeight] = useState(0)
  useStore(session.flow.state, state => state.nodes)
  const transform = useFlow(state => state.transform)
  const room = { width: useFlow(state => state.width), height: useFlow(state => state.height) }
  useLayoutEffect(() => {
    const card = box.current
    if (!card) return
    const observer = new ResizeObserver(() => setHeight(card.offsetHeight))
    observer.observe(card)
    return () => observer.disconnect()
  }, [])
  const close = () => {
    showComments(session, { thread: null, draft: null })
    onClosed?.()
  }
  const keys = (event: KeyboardEvent) => {
    // The canvas has other things to do with character keys, arrows and Delete.
    if (!event.ctrlKey && !event.metaKey) event.stopPropagation()
    if (event.key === 'Escape') close()
  }
  return (
    <section
      ref={box}
      className={css.card}
      style={beside(session, anchor, transform, room, height)}
      aria-label={label}
      onKeyDown={keys}
    >
      <header>
        <h2>{texts.comment}</h2>
        {tools}
        <Button tone="ghost" label={texts.close} icon={<X size={15} />} onClick={close} />
      </header>
      {children}
    </section>
  )
}

/** Beside the node, or else the pin, never over it where there is room; px in the canvas. */
function beside(
  session: Session,
  anchor: Anchor,
  [tx, ty, zoom]: readonly [number, number, number],
  room: { width: number; height: number },
  height: number,
): { left: number; top: number } {
  const place = placeOf(session, anchor)
  if (!place) return { left: Math.max(EDGE, room.width - WIDTH - EDGE), top: EDGE }
  const shown = anchor.node ? session.flow.shownAs(anchor.node) : null
  const node = session.flow.state.getState().nodes.find(({ id }) => id === shown)
  const x = place.x * zoom + tx
  const start = node ? node.position.x * zoom + tx : x
  const end = Math.max(x + 2 * GAP, start + (node?.width ?? 0) * zoom)
  const right = end + GAP
  const left = Math.min(x, start) - GAP - WIDTH
  const most = Math.max(EDGE, room.width - WIDTH - EDGE)
  const top = place.y * zoom + ty - GAP
  return {
    left: right <= most ? right : left >= EDGE ? left : Math.min(Math.max(x + GAP, EDGE), most),
    top: Math.max(EDGE, Math.min(top, room.height - height - EDGE)),
  }
}
