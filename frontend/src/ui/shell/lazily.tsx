/** Parts of a page whose code is loaded when they are first shown. */
import { type ComponentType, type ReactNode, useEffect, useState } from 'react'
import { toast } from '../../lib/toasts'
import { texts } from '../texts'

/**
 * Make a component of one that `load` brings. Until its code is there, `Meanwhile` is shown. Where the
 * server cannot be reached, a message says so, the page goes on, and the next time it is shown it is
 * requested again; React's own `lazy` would take the whole page down.
 */
export function lazily<P extends object>(
  load: () => Promise<ComponentType<P>>,
  Meanwhile: (props: P) => ReactNode = () => null,
): ComponentType<P> & { fetch: () => Promise<unknown> } {
  let Found: ComponentType<P> | undefined
  const fetch = async () => {
    Found ??= await load()
  }
  function Lazily(props: P) {
    const [state, setState] = useState<'loading' | 'loaded' | 'failed'>('loading')
    useEffect(() => {
      if (Found) return
      let isShown = true
      fetch().then(
        () => {
          if (isShown) setState('loaded')
        },
        () => {
          if (!isShown) return
          toast(texts.partCannotBeLoaded, { tone: 'bad' })
          setState('failed')
        },
      )
      return () => {
        isShown = false
      }
    }, [])
    if (Found) return <Found {...props} />
    return state === 'failed' ? null : <Meanwhile {...props} />
  }
  // Fetching ahead may fail: it is tried again when the part is shown.
  return Object.assign(Lazily, { fetch: () => fetch().catch(() => undefined) })
}
