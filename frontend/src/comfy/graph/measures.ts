/**
 * Where the parts of a drawn ComfyUI node are: its head above its place, sockets, then values. A
 * socket that belongs to a value is placed at that value. Nothing is measured.
 */
import type { ComfyNode, ComfyWidget } from '../../api/schema'
import { isNote } from '../view'

export const HEAD = 30 // px; ComfyUI draws the head above a node's y
const SLOT = 20
const VALUE = 24
const GAP = 6
/** Text longer than this, or of several lines, gets the room that is left. */
const LONG = 48

export interface Line {
  widget: ComfyWidget
  top: number
  height: number
  long: boolean
}

export interface Socket {
  id: string
  side: 'in' | 'out'
  index: number
  name: string
  type: string
  /** Center below the top of the card, px. */
  y: number
  /** It is placed at a value, which says its name. */
  quiet: boolean
}

export interface Measures {
  x: number
  y: number
  width: number
  height: number
  sockets: Socket[]
  lines: Line[]
}

const isLong = (widget: ComfyWidget) =>
  typeof widget.value === 'string' && (widget.value.length > LONG || widget.value.includes('\n'))

/** Lay out a node as wide and high as its file says, its head included. */
export function measure(node: ComfyNode): Measures {
  const x = node.x
  const y = node.y - HEAD
  if (isNote(node)) {
    return { x, y, ...box(node, 120, 60), sockets: [], lines: [] }
  }
  if (node.collapsed) return collapsed(node, x, y)
  const { width, height } = box(node, 120, HEAD)
  const named = new Set(node.widgets.map(widget => widget.name).filter(Boolean))
  const plain = node.inputs.filter(slot => !named.has(slot.name))
  const first = HEAD + GAP
  const top = first + Math.max(plain.length, node.outputs.length) * SLOT + GAP
  const lines = valueLines(node.widgets, top, Math.max(height, HEAD + GAP))
  const inside = (at: number) => Math.min(at, height - GAP)
  const sockets: Socket[] = node.inputs.map((slot, index) => {
    const line = lines.find(({ widget }) => widget.name && widget.name === slot.name)
    const at = line ? line.top + Math.min(line.height, VALUE) / 2 : row(plain.indexOf(slot), first)
    return {
      id: `in-${index}`,
      side: 'in',
      index,
      name: slot.label || slot.name,
      type: slot.type,
      y: inside(at),
      quiet: Boolean(line),
    }
  })
  node.outputs.forEach((slot, index) => {
    sockets.push({
      id: `out-${index}`,
      side: 'out',
      index,
      name: slot.label || slot.name,
      type: slot.type,
      y: inside(row(index, first)),
      quiet: false,
    })
  })
  return { x, y, width, height, sockets, lines }
}

const row = (index: number, first: number) => first + index * SLOT + SLOT / 2

function box(node: ComfyNode, least: number, low: number) {
  return { width: Math.max(node.width, least), height: Math.max(node.height, low - HEAD) + HEAD }
}

function collapsed(node: ComfyNode, x: number, y: number): Measures {
  // A folded node keeps the size it had: its head is as wide as its title.
  const width = Math.min(Math.max(90, node.title.length * 7.4 + 40), 260)
  const ends = (side: 'in' | 'out', slots: ComfyNode['inputs']): Socket[] =>
    slots.map((slot, index) => ({
      id: `${side}-${index}`,
      side,
      index,
      name: slot.label || slot.name,
      type: slot.type,
      y: HEAD / 2,
      quiet: true,
    }))
  const sockets = [...ends('in', node.inputs), ...ends('out', node.outputs)]
  return { x, y, width, height: HEAD, sockets, lines: [] }
}

function valueLines(widgets: readonly ComfyWidget[], top: number, height: number): Line[] {
  const long = widgets.filter(isLong).length
  const rest = height - top - GAP - (widgets.length - long) * VALUE
  const tall = long ? Math.max(VALUE * 2, rest / long) : VALUE
  let at = top
  return widgets.map(widget => {
    const line = { widget, top: at, height: isLong(widget) ? tall : VALUE, long: isLong(widget) }
    at += line.height
    return line
  })
}
