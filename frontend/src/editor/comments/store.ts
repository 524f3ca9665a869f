/** The comments of the workflow of a session: read, followed and written; none is in the document. */
import { createStore, type StoreApi } from 'zustand/vanilla'
import * as api from '../../api/comments'
import type { Anchor, CommentMember, Comments, CommentThread, PinPlace } from '../../api/schema'
import { errorMessage } from '../../lib/errors'
import { toast } from '../../lib/toasts'
import type { Session } from '../session'
import { showComments } from './show'
import { texts } from './texts'

export interface CommentsState {
  /** The oldest first. */
  threads: readonly CommentThread[]
  members: readonly CommentMember[]
  seq: number
  /** How much of them the user has read, here or in another page. */
  read: number
  /** Null until they are read; what kept them from it. */
  error: string | null
  loaded: boolean
}

/** px, a phone */
const NARROW = 640

const stores = new WeakMap<Session, StoreApi<CommentsState>>()
const turns = new WeakMap<Session, Promise<unknown>>()

/** The store of a session, made when it is first needed. */
export function commentsOf(session: Session): StoreApi<CommentsState> {
  let store = stores.get(session)
  if (!store) {
    store = createStore<CommentsState>(() => ({
      threads: [],
      members: [],
      seq: 0,
      read: 0,
      error: null,
      loaded: false,
    }))
    stores.set(session, store)
  }
  return store
}

/** One request after another: what an older response says would undo what a newer one has said. */
function inTurn<T>(session: Session, request: () => Promise<T>): Promise<T> {
  const turn = (turns.get(session) ?? Promise.resolve()).then(request)
  turns.set(
    session,
    turn.catch(() => undefined),
  )
  return turn
}

/** Read what has changed, or `all`. */
export function read(session: Session, all = false): Promise<void> {
  return inTurn(session, async () => {
    const store = commentsOf(session)
    try {
      take(session, await api.commentsGet(session.slug, all ? 0 : store.getState().seq))
    } catch (error) {
      store.setState({ error: errorMessage(error) })
    }
  })
}

/** The server says how far the comments are, and how much of them the user has read. */
export async function hear(session: Session, seq: number, seen: number): Promise<void> {
  const store = commentsOf(session)
  const before = store.getState()
  store.setState({ read: seen })
  if (seq === before.seq && seen === before.read && before.loaded) return
  // What was read elsewhere is no change of its thread.
  await read(session, seen !== before.read)
  if (before.loaded) mentionsSince(session, before.threads)
}

/** Show who has just mentioned the user in a thread that is not open. */
function mentionsSince(session: Session, before: readonly CommentThread[]): void {
  const { threads, members } = commentsOf(session).getState()
  const own = members.find(member => member.you)?.user
  const known = new Map(before.map(thread => [thread.id, thread]))
  for (const thread of threads) {
    const last = thread.comments.at(-1)
    const seen = known.get(thread.id)?.comments.at(-1)?.number ?? 0
    const isOpen = session.view.getState().comments.thread === thread.id
    if (!last || last.number <= seen || !own || !last.mentions.includes(own) || isOpen) continue
    toast(texts.newMention(last.author?.name ?? texts.formerMember), {
      action: { label: texts.show, run: () => open(session, thread.id) },
    })
  }
}

/** Put what the server returned in its place. */
function take(session: Session, found: Comments): void {
  const store = commentsOf(session)
  store.setState(({ threads, seq }) => {
    const changed = new Map(found.threads.map(thread => [thread.id, thread]))
    const kept = found.whole ? [] : threads.map(thread => changed.get(thread.id) ?? thread)
    const ids = new Set(kept.map(({ id }) => id))
    const all = [...kept, ...found.threads.filter(({ id }) => !ids.has(id))]
    return {
      threads: all,
      members: found.members,
      seq: found.whole ? found.seq : Math.max(seq, found.seq),
      error: null,
      loaded: true,
    }
  })
  count(session)
}

/** Show the number of unread comments where the code of comments is not. */
function count(session: Session): void {
  const { threads } = commentsOf(session).getState()
  const unread = threads
    .filter(thread => !thread.resolvedAt)
    .reduce((sum, thread) => sum + thread.unread, 0)
  showComments(session, { unread })
}

/** What a change returns is the thread as it is now; changes by others come by the socket. */
async function write(session: Session, request: () => Promise<Comments>): Promise<Comments> {
  const { found, lacks } = await inTurn(session, async () => {
    const { seq } = commentsOf(session).getState()
    const found = await request()
    take(session, { ...found, seq: found.seq === seq + 1 ? found.seq : seq })
    return { found, lacks: found.seq > seq + 1 }
  })
  // What others did in between is not in it, and is read.
  if (lacks) await read(session)
  return found
}

/** Begin a thread and open it. Throws ApiError. */
export async function create(session: Session, anchor: Anchor, text: string): Promise<void> {
  const found = await write(session, () => api.threadCreate(session.slug, anchor, text))
  showComments(session, { draft: null, thread: found.threads[0]?.id ?? null })
}

/** Reply in a thread. Throws ApiError. */
export const reply = (session: Session, thread: string, text: string) =>
  write(session, () => api.threadReply(session.slug, thread, text))

/** Resolve a thread, or open it again. */
export async function resolve(session: Session, thread: string, resolved: boolean): Promise<void> {
  try {
    await write(session, () => api.threadResolve(session.slug, thread, resolved))
  } catch (error) {
    toast(errorMessage(error), { tone: 'bad' })
  }
}

/** Pin a thread elsewhere. It is there at once, and back where that fails. */
export async function move(
  session: Session,
  thread: CommentThread,
  place: PinPlace,
): Promise<void> {
  const store = commentsOf(session)
  const put = (anchor: CommentThread['anchor']) =>
    store.setState(({ threads }) => ({
      threads: threads.map(one => (one.id === thread.id ? { ...one, anchor } : one)),
    }))
  put({ ...thread.anchor, ...place, node: place.node ?? null })
  try {
    await write(session, () => api.threadMove(session.slug, thread.id, place))
  } catch (error) {
    put(thread.anchor)
    toast(errorMessage(error), { tone: 'bad' })
  }
}

/** Change a comment of one's own. Throws ApiError. */
export const edit = (session: Session, thread: string, number: number, text: string) =>
  write(session, () => api.commentEdit(session.slug, thread, number, text))

/** Delete a comment, and with the last one its thread. Throws ApiError. */
export async function remove(session: Session, thread: string, number: number): Promise<void> {
  const found = await inTurn(session, () => api.commentDelete(session.slug, thread, number))
  if (!found.threads.length) showComments(session, { thread: null })
  // A removed thread is in no list of changes.
  await read(session)
}

/** Note that threads were read to their end. */
export async function see(session: Session, ids: readonly string[]): Promise<void> {
  const { threads } = commentsOf(session).getState()
  const unread = threads.filter(({ id, unread }) => ids.includes(id) && unread).map(({ id }) => id)
  if (!unread.length) return
  commentsOf(session).setState({
    threads: threads.map(thread =>
      unread.includes(thread.id) ? { ...thread, unread: 0 } : thread,
    ),
  })
  count(session)
  // Without a network they are unread again after the next reload, which is true.
  await api.threadsSeen(session.slug, unread).catch(() => undefined)
}

/** Open a thread, and bring what it is about into view. */
export function open(session: Session, id: string): void {
  const thread = commentsOf(session)
    .getState()
    .threads.find(thread => thread.id === id)
  const isNarrow = innerWidth <= NARROW
  showComments(session, {
    thread: id,
    draft: null,
    placing: false,
    // There the list would cover what the thread is about.
    ...(isNarrow && { panel: false }),
  })
  const place = thread && placeOf(session, thread.anchor)
  const { rf } = session
  if (place && rf) void rf.setCenter(place.x, place.y, { zoom: rf.getZoom(), duration: 180 })
}

/** Where a thread is on the canvas; null where its node is gone. */
export function placeOf(session: Session, anchor: Anchor): { x: number; y: number } | null {
  if (!anchor.node) return { x: anchor.x, y: anchor.y }
  const shown = session.flow.shownAs(anchor.node)
  const node = session.flow.state.getState().nodes.find(({ id }) => id === shown)
  if (!node) return null
  // In a frame that is collapsed it is at the frame's corner.
  const { x, y } = shown === anchor.node ? anchor : { x: node.width ?? 0, y: 0 }
  return { x: node.position.x + x, y: node.position.y + y }
}

/** What is at a place of the canvas: the node there, or the canvas. */
export function anchorAt(session: Session, { x, y }: { x: number; y: number }): Anchor {
  const { nodes } = session.flow.state.getState()
  const hit = nodes.findLast(
    ({ type, position, width = 0, height = 0 }) =>
      type !== 'frame' &&
      x >= position.x &&
      x <= position.x + width &&
      y >= position.y &&
      y <= position.y + height,
  )
  return hit ? { x: x - hit.position.x, y: y - hit.position.y, node: hit.id } : { x, y, node: null }
}
