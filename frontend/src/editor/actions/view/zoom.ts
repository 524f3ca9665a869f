/** Zoom in and out by a step. */
import { Minus, Plus } from 'lucide-react'
import { texts } from '../../texts'
import type { Action } from '../action'

const ANIMATION = { duration: 120 }

export const zoomIn: Action = {
  id: 'zoom-in',
  label: texts.zoomIn,
  shortcut: '$mod+Equal',
  icon: Plus,
  run: ({ rf }) => void rf?.zoomIn(ANIMATION),
}

export const zoomOut: Action = {
  id: 'zoom-out',
  label: texts.zoomOut,
  shortcut: '$mod+Minus',
  icon: Minus,
  run: ({ rf }) => void rf?.zoomOut(ANIMATION),
}
