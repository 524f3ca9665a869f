/** Whose key each node of a workflow will use, before it runs. No React. */
import type { CredentialSlot } from '../../api/schema'

/** The slots where a key is used, or is missing; those of models here and of open calls are not. */
const keysUsed = (rows: readonly CredentialSlot[] | undefined) =>
  (rows ?? []).filter(row => row.credential || row.wanted || (row.provider && row.origin))

export interface Whose {
  /** The key's name and ending; empty: there is none. */
  key: string
  /** Where it is sent, or would be. */
  origin: string
  nodes: string[]
}

/** The same by key: "OpenAI …1234" for Generate image and Chat. */
export function byKey(rows: readonly CredentialSlot[] | undefined): Whose[] {
  const found = new Map<string, Whose>()
  for (const { credential, origin, node } of keysUsed(rows)) {
    const key = credential ? `${credential.name} …${credential.last4}` : ''
    const at = credential ? credential.id : `for ${origin}`
    const row = found.get(at) ?? { key, origin, nodes: [] }
    if (!row.nodes.includes(node)) row.nodes.push(node)
    found.set(at, row)
  }
  return [...found.values()]
}
