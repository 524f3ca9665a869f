/** The node types a user added last, stored in this browser. */
const KEY = 'recent-node-types'
const KEPT = 5

export function recentTypes(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(kept) ? kept.filter(type => typeof type === 'string') : []
  } catch {
    return []
  }
}

export function remember(type: string): void {
  const types = [type, ...recentTypes().filter(other => other !== type)].slice(0, KEPT)
  try {
    localStorage.setItem(KEY, JSON.stringify(types))
  } catch {
    // Without storage there are no recent ones; nothing else depends on them.
  }
}
