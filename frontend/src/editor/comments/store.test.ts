/** What the server says of comments is taken in the order in which it has said it. */
import { afterEach, expect, it, vi } from 'vitest'
import { createStore } from 'zustand/vanilla'
import type { Session } from '../session'
import { commentsOf, read, resolve } from './store'

afterEach(() => vi.unstubAllGlobals())

/** A thread as it is at `seq`, resolved or not. */
const board = (seq: number, resolvedAt: string | null) => ({
  seq,
  whole: true,
  members: [],
  threads: [{ id: 't', anchor: { x: 0, y: 0 }, excerpt: '', comments: [], unread: 0, resolvedAt }],
})

it('a read that began before a thread was resolved and ends after it does not reopen it', async () => {
  let respond = () => {}
  const late = new Promise<void>(done => {
    respond = done
  })
  vi.stubGlobal('document', { cookie: '' })
  vi.stubGlobal('fetch', async (_: string, { method }: RequestInit) => {
    if (method !== 'GET') return Response.json({ ...board(2, '2026-01-01'), whole: false })
    await late
    return Response.json(board(1, null))
  })
  const session = { slug: 'w', view: createStore(() => ({ comments: {} })) } as unknown as Session
  const reading = read(session, true)
  const resolving = resolve(session, 't', true)
  // The first response may be that to the second request.
  await new Promise(done => setTimeout(done))
  respond()
  await Promise.all([reading, resolving])
  expect(commentsOf(session).getState()).toMatchObject({
    seq: 2,
    threads: [{ resolvedAt: '2026-01-01' }],
  })
})
