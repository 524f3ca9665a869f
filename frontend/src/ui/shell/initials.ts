/** The initials of a user. */
export function initials(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean)
  const [first, second] = words
  const both = first && second ? first.slice(0, 1) + second.slice(0, 1) : name.slice(0, 2)
  return both.toUpperCase()
}
