/** Painting the whole graph on one canvas: boxes colored by type and state, titles, edges. */
import { ownTitle } from '../../catalog/title'
import type { Point } from '../../document/points'
import type { NodeState } from '../../runs/fold'
import type { Viewport } from '../../ui/canvas/detail'
import { tokenOf } from '../../ui/ports/colors'
import type { CanvasEdge, CardNode } from '../flow/flow'

export interface Palette {
  surface: string
  line: string
  text: string
  accent: string
  bad: string
  warn: string
  ok: string
  note: string
  types: Record<string, string>
}

/** Read the theme's colors once per theme. */
export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element)
  const get = (name: string) => style.getPropertyValue(name).trim()
  const names = ['text', 'number', 'image', 'mask', 'video', 'audio', 'json', 'model', 'any']
  return {
    surface: get('--surface-3'),
    line: get('--line-strong'),
    text: get('--text'),
    accent: get('--accent'),
    bad: get('--bad'),
    warn: get('--warn'),
    ok: get('--ok'),
    note: get('--t-text'),
    types: Object.fromEntries(names.map(name => [`--t-${name}`, get(`--t-${name}`)])),
  }
}

/** A node as it is painted. */
interface Painted {
  node: CardNode
  x: number
  y: number
  width: number
  height: number
  token: string
  title: string
}

interface Line {
  ax: number
  ay: number
  bx: number
  by: number
}

/** A graph laid out for painting; made once per change of nodes or edges. */
export interface Geometry {
  nodes: Painted[]
  /** Open frames, which are below everything. */
  frames: Painted[]
  /** What the edges consist of, by color. */
  lines: Map<string, Line[]>
}

export function geometry(
  nodes: CardNode[],
  edges: CanvasEdge[],
  typeOf: (node: CardNode) => string,
): Geometry {
  const at = new Map(nodes.map(node => [node.id, node]))
  const lines = new Map<string, Line[]>()
  for (const edge of edges) {
    const from = at.get(edge.source)
    const to = at.get(edge.target)
    if (!from || !to) continue
    const token = tokenOf(edge.data?.kind ?? 'any')
    const list = lines.get(token) ?? []
    let a: Point = {
      x: from.position.x + (from.width ?? 0),
      y: from.position.y + portY(from, edge.sourceHandle),
    }
    const end = { x: to.position.x, y: to.position.y + portY(to, edge.targetHandle) }
    for (const b of [...(edge.data?.points ?? []), end]) {
      list.push({ ax: a.x, ay: a.y, bx: b.x, by: b.y })
      a = b
    }
    lines.set(token, list)
  }
  const painted = nodes.map(node => ({
    node,
    x: node.position.x,
    y: node.position.y,
    width: node.width ?? 0,
    height: node.height ?? 0,
    token: tokenOf(typeOf(node)),
    title: ownTitle(node.data.node) || node.data.type?.name || node.data.node.type,
  }))
  const isGround = ({ node }: Painted) => node.zIndex === -2
  return {
    nodes: painted.filter(one => !isGround(one)),
    frames: painted.filter(isGround),
    lines,
  }
}

function portY(node: CardNode, handle: string | null | undefined): number {
  return node.data.layout.ports.find(port => port.id === handle)?.y ?? 18
}

const TITLE_FROM = 56 // px of box width on screen from which a title has room
const RESULT_FROM = 16 // px of box height on screen from which a result is worth a look

export function paint(
  g: CanvasRenderingContext2D,
  scene: Geometry,
  view: Viewport,
  size: { width: number; height: number; ratio: number },
  colors: Palette,
  stateOf: (id: string) => NodeState | 'outdated',
  imageOf: (node: CardNode) => HTMLImageElement | null,
): void {
  const { x, y, zoom } = view
  const { width, height, ratio } = size
  g.setTransform(ratio, 0, 0, ratio, 0, 0)
  g.clearRect(0, 0, width, height)
  paintFrames(g, scene.frames, view, colors)
  g.lineWidth = 1
  g.globalAlpha = 0.75
  for (const [token, lines] of scene.lines) {
    g.strokeStyle = colors.types[token] ?? colors.line
    g.beginPath()
    for (const line of lines) {
      const ax = line.ax * zoom + x
      const ay = line.ay * zoom + y
      const bx = line.bx * zoom + x
      const by = line.by * zoom + y
      if ((ax < 0 && bx < 0) || (ax > width && bx > width)) continue
      if ((ay < 0 && by < 0) || (ay > height && by > height)) continue
      g.moveTo(ax, ay)
      g.lineTo(bx, by)
    }
    g.stroke()
  }
  g.globalAlpha = 1
  const heads = new Map<string, Painted[]>()
  g.fillStyle = colors.surface
  for (const node of scene.nodes) {
    const left = node.x * zoom + x
    const top = node.y * zoom + y
    const wide = node.width * zoom
    const tall = node.height * zoom
    if (left > width || top > height || left + wide < 0 || top + tall < 0) continue
    g.fillRect(left, top, wide, tall)
    const list = heads.get(node.token) ?? []
    list.push(node)
    heads.set(node.token, list)
  }
  const bar = Math.max(1.5, 7 * zoom)
  for (const [token, list] of heads) {
    g.fillStyle = colors.types[token] ?? colors.line
    for (const node of list) {
      g.fillRect(node.x * zoom + x, node.y * zoom + y, node.width * zoom, bar)
    }
  }
  marks(g, view, colors, heads, stateOf, imageOf)
}

/** Frames, with their titles above them at a size that can be read from any distance. */
function paintFrames(
  g: CanvasRenderingContext2D,
  frames: readonly Painted[],
  { x, y, zoom }: Viewport,
  colors: Palette,
): void {
  g.font = '600 14px "Inter Variable", sans-serif'
  g.textBaseline = 'bottom'
  for (const frame of frames) {
    const { color } = frame.node.data.node.data
    const [left, top] = [frame.x * zoom + x, frame.y * zoom + y]
    const [wide, tall] = [frame.width * zoom, frame.height * zoom]
    g.fillStyle = typeof color === 'string' ? color : colors.accent
    g.strokeStyle = g.fillStyle
    g.globalAlpha = 0.1
    g.fillRect(left, top, wide, tall)
    g.globalAlpha = 0.7
    g.lineWidth = 1
    g.strokeRect(left, top, wide, tall)
    g.globalAlpha = 1
    g.fillStyle = colors.text
    g.fillText(fitText(frame.title, wide * 0.8), left, top - 3)
  }
}

function marks(
  g: CanvasRenderingContext2D,
  { x, y, zoom }: Viewport,
  colors: Palette,
  seen: Map<string, Painted[]>,
  stateOf: (id: string) => NodeState | 'outdated',
  imageOf: (node: CardNode) => HTMLImageElement | null,
): void {
  g.font = '500 11px "Inter Variable", sans-serif'
  g.textBaseline = 'top'
  for (const list of seen.values()) {
    for (const painted of list) {
      const { node, title } = painted
      const left = painted.x * zoom + x
      const top = painted.y * zoom + y
      const wide = painted.width * zoom
      const tall = painted.height * zoom
      const hasTitle = wide >= TITLE_FROM && tall >= 20
      const result = tall < RESULT_FROM ? null : imageOf(node)
      if (result) {
        const strip = hasTitle ? 17 : 0
        cover(g, result, left + 1, top + 1, wide - 2, tall - 2 - strip)
      }
      const edge = edgeColor(node, stateOf(node.id), colors)
      if (edge) {
        g.strokeStyle = edge
        g.lineWidth = 2
        g.strokeRect(left, top, wide, tall)
      }
      if (!hasTitle) continue
      g.fillStyle = colors.text
      const at = result ? top + tall - 15 : top + 6 + 5 * zoom
      g.fillText(fitText(title, wide - 10), left + 5, at)
    }
  }
}

/** Draw an image over a rectangle; what is too much of it is cut off at both sides. */
function cover(
  g: CanvasRenderingContext2D,
  image: HTMLImageElement,
  left: number,
  top: number,
  wide: number,
  tall: number,
): void {
  const { naturalWidth, naturalHeight } = image
  const scale = Math.max(wide / naturalWidth, tall / naturalHeight)
  const [w, h] = [wide / scale, tall / scale]
  g.drawImage(image, (naturalWidth - w) / 2, (naturalHeight - h) / 2, w, h, left, top, wide, tall)
}

function edgeColor(node: CardNode, state: NodeState | 'outdated', colors: Palette): string | null {
  if (node.selected || state === 'running') return colors.accent
  if (state === 'failed') return colors.bad
  if (state === 'outdated') return colors.warn
  if (state === 'done' || state === 'cached') return colors.ok
  return null
}

const CHARACTER = 6.2 // px, mean width of a character at 11 px

function fitText(text: string, width: number): string {
  const characters = Math.floor(width / CHARACTER)
  return text.length <= characters ? text : `${text.slice(0, Math.max(1, characters - 1))}…`
}
