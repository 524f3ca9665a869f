/** Keys that are pressed, in the notation of shortcuts. Pure. */

const MODIFIERS = new Set(['Shift', 'Control', 'Alt', 'Meta', 'AltGraph', 'CapsLock', 'Dead'])
const NAMED: Record<string, string> = { ' ': 'Space', '+': 'Equal', '-': 'Minus', '=': 'Equal' }

/** What a key press is called; null while only modifiers are held. */
export function pressed(
  event: Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>,
): string | null {
  if (MODIFIERS.has(event.key)) return null
  const held = [
    (event.ctrlKey || event.metaKey) && '$mod',
    event.shiftKey && 'Shift',
    event.altKey && 'Alt',
  ].filter(Boolean)
  // With Alt some systems write another character: the key itself says which it is.
  const character = event.altKey && /^Key[A-Z]$/.test(event.code) ? event.code.slice(3) : event.key
  const key = NAMED[character] ?? (character.length === 1 ? character.toLowerCase() : character)
  return [...held, key].join('+')
}
