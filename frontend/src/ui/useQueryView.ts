/** A view that is in the query of the page's URL, so that going back and sharing a link work. */
import { useCallback, useEffect, useState } from 'react'

interface Form<View> {
  parse: (query: string) => View
  write: (view: View) => string
}

/**
 * Read and change the view. A change is a step one can go back from, unless it `replaces` the
 * present one, as every character of a search does.
 */
export function useQueryView<View>({ parse, write }: Form<View>) {
  const [view, setView] = useState(() => parse(location.search))
  useEffect(() => {
    const back = () => setView(parse(location.search))
    window.addEventListener('popstate', back)
    return () => window.removeEventListener('popstate', back)
  }, [parse])

  const show = useCallback(
    (changes: Partial<View>, replaces = false) => {
      const next = { ...parse(location.search), ...changes }
      const url = location.pathname + write(next)
      if (url !== location.pathname + location.search) {
        if (replaces) history.replaceState(null, '', url)
        else history.pushState(null, '', url)
      }
      setView(next)
    },
    [parse, write],
  )
  return [view, show] as const
}
