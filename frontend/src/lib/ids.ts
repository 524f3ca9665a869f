/** Fresh identifiers. `crypto.randomUUID` exists only in secure contexts; a LAN host is none. */

/** Make a random version 4 UUID. */
export function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const marked = Array.from(bytes, (byte, i) => {
    if (i === 6) return (byte & 0x0f) | 0x40
    return i === 8 ? (byte & 0x3f) | 0x80 : byte
  })
  const hex = marked.map(byte => byte.toString(16).padStart(2, '0')).join('')
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-')
}

/** Make an id for a node or edge: a readable word and ten random characters. */
export function freshId(word: string): string {
  return `${word}-${uuid().replaceAll('-', '').slice(0, 10)}`
}
