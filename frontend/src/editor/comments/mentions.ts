/** Mentions and links in the text of a comment: completing one, and where they are. */
import type { CommentMember } from '../../api/schema'

/** The bytes that a comment may have, in UTF-8; the server says the same. */
export const MAX_BYTES = 4096
const MOST = 6

export const bytesOf = (text: string): number => new TextEncoder().encode(text).length

/** What is being typed after an @ before the caret; null: nothing. */
export function queryAt(text: string, caret: number): string | null {
  return /(?:^|[^\w.@+-])@([\w.@+-]*)$/.exec(text.slice(0, caret))?.[1] ?? null
}

/** Who fits what is typed: names that begin so first. */
export function matching(members: readonly CommentMember[], query: string): CommentMember[] {
  const wanted = query.toLowerCase()
  const places = ({ user, name }: CommentMember) => [user.toLowerCase(), name.toLowerCase()]
  const rank = (member: CommentMember) =>
    places(member).some(place => place.startsWith(wanted)) ? 0 : 1
  return members
    .filter(member => !member.you && places(member).some(place => place.includes(wanted)))
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, MOST)
}

/** Put a user's name where an @ was typed; returns the text and where the caret goes. */
export function complete(text: string, caret: number, user: string): [string, number] {
  const start = caret - (queryAt(text, caret)?.length ?? 0)
  const rest = text.slice(caret)
  const space = /^\s/.test(rest) ? '' : ' '
  return [`${text.slice(0, start)}${user}${space}${rest}`, start + user.length + 1]
}

export type Part = { kind: 'text' | 'link' | 'mention'; text: string }

const PARTS = /https?:\/\/[^\s<>"]+|(?<![\w.@+-])@[\w.@+-]+/g

/** A text in parts: links to the web, the users it mentions, and all the rest. */
export function partsOf(text: string, mentions: readonly string[]): Part[] {
  const parts: Part[] = []
  let end = 0
  for (const { 0: found, index } of text.matchAll(PARTS)) {
    const part = found.startsWith('@') ? mentionIn(found, mentions) : linkIn(found)
    if (!part) continue
    if (index > end) parts.push({ kind: 'text', text: text.slice(end, index) })
    parts.push(part)
    end = index + part.text.length
  }
  if (end < text.length) parts.push({ kind: 'text', text: text.slice(end) })
  return parts
}

/** A link without what ends the sentence it is in. */
function linkIn(found: string): Part | null {
  const text = found.replace(/[.,;:!?'")\]]+$/, '')
  return URL.canParse(text) ? { kind: 'link', text } : null
}

function mentionIn(found: string, mentions: readonly string[]): Part | null {
  let name = found.slice(1)
  while (name && !mentions.includes(name)) {
    if (!/[.@+-]$/.test(name)) return null
    name = name.slice(0, -1)
  }
  return name ? { kind: 'mention', text: `@${name}` } : null
}
