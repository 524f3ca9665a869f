/** Puts the picker beside its card or field, and moves the canvas where there is no room. */
import { type RefObject, useEffect, useLayoutEffect, useState } from 'react'
import { useSession } from '../session'
import type { PickerRequest } from '../view'
import { placeBeside } from './place'

/** Say whether the picker is a sheet at the bottom instead. */
export function usePlace(box: RefObject<HTMLDivElement | null>, request: PickerRequest): boolean {
  const { rf } = useSession()
  const [place] = useState(() => {
    const canvas = document.querySelector('.react-flow')?.getBoundingClientRect()
    const found =
      request.from === 'inspector'
        ? document.querySelector('aside[aria-label]')
        : document.querySelector(`.react-flow__node[data-id="${CSS.escape(request.node)}"]`)
    const card = found?.getBoundingClientRect()
    if (!canvas || !card) return null
    const { left, top, bottom } = canvas
    return placeBeside(card, { left, top, bottom, right: innerWidth })
  })
  useLayoutEffect(() => {
    if (!box.current || !place) return
    const { left, top, width, height, shift } = place
    Object.assign(box.current.style, {
      left: `${left}px`,
      top: `${top}px`,
      width: `${width}px`,
      height: `${height}px`,
    })
    if (!shift || !rf) return
    const { x, y, zoom } = rf.getViewport()
    void rf.setViewport({ x: x + shift, y, zoom }, { duration: 180 })
  }, [place, rf, box])
  useEffect(() => {
    if (!place) box.current?.focus({ preventScroll: true })
  }, [place, box])
  return !place
}
