/** A view that lives in the page's address, so that going back and sharing a link work. */
import { useCallback, useEffect, useState } from 'react'

interface Form<View> {
  parse: (query: string) => View
  write: (view: View) => string
}

/**
 * Read and change the view. A change is a step one can go back from, unless it `replaces` the
 * present one, as every letter of a search does.
 */
export function useAddress<View>({ parse, write }: Form<View>) {
  const [view, setView] = useState(() => parse(location.search))
  useEffect(() => {
    const back = () => setView(parse(location.search))
    window.addEventListener('popstate', back)
    return () => window.removeEventListener('popstate', back)
  }, [parse])

  const show = useCallback(
    (changes: Partial<View>, replaces = false) => {
      const next = { ...parse(location.search), ...changes }
      const address = location.pathname + write(next)
      if (address !== location.pathname + location.search) {
        if (replaces) history.replaceState(null, '', address)
        else history.pushState(null, '', address)
      }
      setView(next)
    },
    [parse, write],
  )
  return [view, show] as const
}
