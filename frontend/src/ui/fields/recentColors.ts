/** The colors that were picked last, kept in this browser. */
const KEY = 'recent-colors'
const KEPT = 16

export function recentColors(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(kept) ? kept.filter(color => typeof color === 'string') : []
  } catch {
    return []
  }
}

export function rememberColor(color: string): void {
  if (!color) return
  const colors = [color, ...recentColors().filter(other => other !== color)].slice(0, KEPT)
  try {
    localStorage.setItem(KEY, JSON.stringify(colors))
  } catch {
    // Without storage there are no recent ones; nothing else depends on them.
  }
}
