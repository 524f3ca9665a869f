/** Painting the whole graph on one canvas: boxes coloured by type and state, titles, wires. */
import { ownTitle } from '../../catalog/title'
import type { NodeState } from '../../runs/fold'
import type { Viewport } from '../../ui/canvas/detail'
import type { CardNode, WireEdge } from '../flow/flow'
import { tokenOf } from '../ports/colours'

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

/** Read the theme's colours once per theme. */
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

/** Numbers of a graph laid out for painting; made once per change of nodes or edges. */
export interface Geometry {
  nodes: CardNode[]
  boxes: Float32Array // x, y, width, height of each node
  tokens: string[]
  titles: string[]
  /** Wires grouped by colour: x and y of both ends. */
  wires: Map<string, Float32Array>
}

export function geometry(
  nodes: CardNode[],
  edges: WireEdge[],
  typeOf: (node: CardNode) => string,
): Geometry {
  const boxes = new Float32Array(nodes.length * 4)
  const at = new Map<string, CardNode>()
  nodes.forEach((node, i) => {
    boxes.set([node.position.x, node.position.y, node.width ?? 0, node.height ?? 0], i * 4)
    at.set(node.id, node)
  })
  const groups = new Map<string, number[]>()
  for (const edge of edges) {
    const from = at.get(edge.source)
    const to = at.get(edge.target)
    if (!from || !to) continue
    const token = tokenOf(edge.data?.kind ?? 'any')
    const list = groups.get(token) ?? []
    list.push(
      from.position.x + (from.width ?? 0),
      from.position.y + portY(from, edge.sourceHandle),
      to.position.x,
      to.position.y + portY(to, edge.targetHandle),
    )
    groups.set(token, list)
  }
  return {
    nodes,
    boxes,
    tokens: nodes.map(node => tokenOf(typeOf(node))),
    titles: nodes.map(
      node => ownTitle(node.data.node) || node.data.type?.name || node.data.node.type,
    ),
    wires: new Map([...groups].map(([token, list]) => [token, Float32Array.from(list)])),
  }
}

function portY(node: CardNode, handle: string | null | undefined): number {
  return node.data.layout.ports.find(port => port.id === handle)?.y ?? 18
}

const TITLE_FROM = 56 // px of box width on screen from which a title has room

export function paint(
  g: CanvasRenderingContext2D,
  scene: Geometry,
  view: Viewport,
  size: { width: number; height: number; ratio: number },
  colours: Palette,
  stateOf: (id: string) => NodeState | 'outdated',
): void {
  const { x, y, zoom } = view
  const { width, height, ratio } = size
  g.setTransform(ratio, 0, 0, ratio, 0, 0)
  g.clearRect(0, 0, width, height)
  g.lineWidth = 1
  g.globalAlpha = 0.75
  for (const [token, ends] of scene.wires) {
    g.strokeStyle = colours.types[token]
    g.beginPath()
    for (let i = 0; i < ends.length; i += 4) {
      const ax = ends[i] * zoom + x
      const ay = ends[i + 1] * zoom + y
      const bx = ends[i + 2] * zoom + x
      const by = ends[i + 3] * zoom + y
      if ((ax < 0 && bx < 0) || (ax > width && bx > width)) continue
      if ((ay < 0 && by < 0) || (ay > height && by > height)) continue
      g.moveTo(ax, ay)
      g.lineTo(bx, by)
    }
    g.stroke()
  }
  g.globalAlpha = 1
  const { boxes } = scene
  const heads = new Map<string, number[]>()
  g.fillStyle = colours.surface
  for (let i = 0, k = 0; i < boxes.length; i += 4, k++) {
    const left = boxes[i] * zoom + x
    const top = boxes[i + 1] * zoom + y
    const wide = boxes[i + 2] * zoom
    const tall = boxes[i + 3] * zoom
    if (left > width || top > height || left + wide < 0 || top + tall < 0) continue
    g.fillRect(left, top, wide, tall)
    const token = scene.tokens[k]
    const list = heads.get(token) ?? []
    list.push(k)
    heads.set(token, list)
  }
  const bar = Math.max(1.5, 7 * zoom)
  for (const [token, list] of heads) {
    g.fillStyle = colours.types[token]
    for (const k of list) {
      g.fillRect(boxes[4 * k] * zoom + x, boxes[4 * k + 1] * zoom + y, boxes[4 * k + 2] * zoom, bar)
    }
  }
  marks(g, scene, view, colours, heads, stateOf)
}

function marks(
  g: CanvasRenderingContext2D,
  scene: Geometry,
  { x, y, zoom }: Viewport,
  colours: Palette,
  seen: Map<string, number[]>,
  stateOf: (id: string) => NodeState | 'outdated',
): void {
  const { boxes, nodes, titles } = scene
  g.font = '500 11px "Inter Variable", sans-serif'
  g.textBaseline = 'top'
  for (const list of seen.values()) {
    for (const k of list) {
      const left = boxes[4 * k] * zoom + x
      const top = boxes[4 * k + 1] * zoom + y
      const wide = boxes[4 * k + 2] * zoom
      const tall = boxes[4 * k + 3] * zoom
      const edge = edgeColour(nodes[k], stateOf(nodes[k].id), colours)
      if (edge) {
        g.strokeStyle = edge
        g.lineWidth = 2
        g.strokeRect(left, top, wide, tall)
      }
      if (wide < TITLE_FROM || tall < 20) continue
      g.fillStyle = colours.text
      g.fillText(fitText(titles[k], wide - 10), left + 5, top + 6 + 5 * zoom)
    }
  }
}

function edgeColour(
  node: CardNode,
  state: NodeState | 'outdated',
  colours: Palette,
): string | null {
  if (node.selected || state === 'running') return colours.accent
  if (state === 'failed') return colours.bad
  if (state === 'outdated') return colours.warn
  if (state === 'done' || state === 'cached') return colours.ok
  return null
}

const LETTER = 6.2 // px, mean width of a letter at 11 px

function fitText(text: string, width: number): string {
  const letters = Math.floor(width / LETTER)
  return text.length <= letters ? text : `${text.slice(0, Math.max(1, letters - 1))}…`
}
