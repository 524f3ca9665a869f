/** Tags as a user types them. No React. */

/** Add what was typed, several tags apart by commas, to tags; none twice, whatever its case. */
export function tagsIn(typed: string, tags: readonly string[]): string[] {
  const all = [...tags]
  for (const part of typed.split(',')) {
    const tag = part.trim().replace(/\s+/g, ' ')
    if (tag && !all.some(other => other.toLowerCase() === tag.toLowerCase())) all.push(tag)
  }
  return all
}
