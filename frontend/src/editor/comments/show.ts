/** What is shown of the comments; the little of them that is there from the start. */
import type { Session } from '../session'
import type { CommentsView } from '../view'

/** Change what is shown of the comments, which loads them. */
export function showComments({ view }: Session, changes: Partial<CommentsView>): void {
  view.setState(({ comments }) => ({ comments: { ...comments, shown: true, ...changes } }))
}

/** Whether the user may write comments here: who may run the workflow, or edit it. */
export const canComment = ({ role, past }: Session): boolean =>
  role !== null && role !== 'view' && !past

/** Begin a thread at the corner of a node, or at a result of it. */
export function commentOn(
  session: Session,
  id: string,
  run: string | null = null,
  asset: string | null = null,
): void {
  const node = session.store.node(id)
  if (!node) return
  const draft = { x: session.flow.sizeOf(node).width, y: 0, node: id, run, asset }
  showComments(session, { draft, thread: null, placing: false })
}
