/** Closing what is above the page when the user presses beside it. */
import { type RefObject, useEffect } from 'react'

/** Call `onAway` for each press outside the box, before what is pressed hears of it. */
export function useAway(
  box: RefObject<HTMLElement | null>,
  onAway: (target: Element) => void,
): void {
  useEffect(() => {
    const away = ({ target }: PointerEvent) => {
      if (!box.current?.contains(target as Element)) onAway(target as Element)
    }
    document.addEventListener('pointerdown', away, true)
    return () => document.removeEventListener('pointerdown', away, true)
  }, [box, onAway])
}
