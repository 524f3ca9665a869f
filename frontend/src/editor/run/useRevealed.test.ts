import { describe, expect, it } from 'vitest'
import { alreadyThere, CHUNKS, nextLength } from './useRevealed'

describe('a growing text', () => {
  it('is shown in chunks of about the same length, the last of which ends it', () => {
    let shown = 100
    const lengths: number[] = []
    for (let left = CHUNKS; left > 0; left--) {
      shown = nextLength(shown, 210, left)
      lengths.push(shown)
    }
    expect(lengths).toEqual([128, 156, 183, 210])
  })

  it('is never shown further than it has arrived', () => {
    for (let left = CHUNKS; left > 0; left--) expect(nextLength(7, 8, left)).toBe(8)
  })

  it('goes on where it was, though its beginning is cut by now', () => {
    const words = Array.from({ length: 60 }, (_, i) => `word ${i}`).join(' ')
    expect(alreadyThere(words, `${words} more`)).toBe(words.length)
    const cut = `…${words.slice(-100)}`
    expect(alreadyThere(words, `${cut} more`)).toBe(cut.length)
    expect(alreadyThere(words, 'another text')).toBeNull()
  })
})
