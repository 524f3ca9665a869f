/** Which links open another page of this site in place of the current one. */

/** The URL that a click leads this window to; null when it stays where it is. */
export function followed(event: MouseEvent): string | null {
  if (event.defaultPrevented || event.button !== 0) return null
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return null
  const link = event.target instanceof Element ? event.target.closest('a') : null
  if (!link?.href || link.download || !['', '_self'].includes(link.target)) return null
  const { origin, pathname, search } = new URL(link.href)
  const same = pathname === location.pathname && search === location.search
  return origin === location.origin && !same ? link.href : null
}
