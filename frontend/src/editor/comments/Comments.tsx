/** The comments of the workflow that is open: pins, the open thread, and the list. */
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { useSession } from '../session'
import { CommentsPanel } from './CommentsPanel'
import { Pins } from './Pins'
import { Placing } from './Placing'
import { commentsOf, read } from './store'
import { NewThread, ThreadCard } from './ThreadCard'

export default function Comments() {
  const session = useSession()
  const { panel, placing, thread, draft } = useStore(session.view, state => state.comments)
  const open = useStore(commentsOf(session), state => state.threads.find(({ id }) => id === thread))
  useEffect(() => void read(session), [session])
  return (
    <>
      <Pins />
      {panel && <CommentsPanel />}
      {placing && <Placing />}
      {draft ? <NewThread draft={draft} /> : open && <ThreadCard key={open.id} thread={open} />}
    </>
  )
}
