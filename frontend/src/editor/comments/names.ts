/** How comments name users, and what a thread is about. */
import type { Anchor, Author, CommentMember } from '../../api/schema'
import type { Session } from '../session'
import { colorOf } from '../together/members'
import { texts } from './texts'

/** The name of an author; who no longer sees the workflow is marked so. */
export function nameOf(author: Author | null, members: readonly CommentMember[]): string {
  if (!author) return texts.formerMember
  if (author.you) return texts.you
  return members.some(({ id }) => id === author.id) ? author.name : texts.former(author.name)
}

/** The color of an author; one's own is the accent. */
export const inkOf = (author: Author | null): string =>
  author?.you ? 'var(--accent)' : author ? colorOf(author.id) : 'var(--text-3)'

/** What a thread is about, in a sentence (`inSentence`) or by itself. */
export function whereOf(session: Session, anchor: Anchor, inSentence = false): string {
  if (!anchor.node) return inSentence ? texts.theCanvas : texts.canvas
  if (!session.store.node(anchor.node)) return inSentence ? texts.aDeletedNode : texts.nodeDeleted
  const title = session.titleOf(anchor.node)
  return anchor.run || anchor.asset ? texts.resultOf(title) : title
}
