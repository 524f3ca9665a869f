/** Two letters that stand for a person. */
export function initials(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean)
  const letters = words.length > 1 ? words[0].slice(0, 1) + words[1].slice(0, 1) : name.slice(0, 2)
  return letters.toUpperCase()
}
