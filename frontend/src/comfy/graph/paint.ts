/** Painting a ComfyUI graph on one canvas: its miniature, and the graph while it is far away. */
import { BYPASSED, MUTED } from '../modes'
import { fileColor, typeColor } from './colors'
import type { GraphNode, Scene } from './scene'

export interface Ink {
  surface: string
  line: string
  text: string
  quiet: string
  ground: string
  note: string
  bad: string
  accent: string
  bypass: string
  /** Lightness of type colors in this theme. */
  light: string
}

/** Read the theme's colors once per theme. */
export function readInk(element: Element): Ink {
  const style = getComputedStyle(element)
  const get = (name: string) => style.getPropertyValue(name).trim()
  return {
    surface: get('--surface-3'),
    line: get('--line-strong'),
    text: get('--text'),
    quiet: get('--text-2'),
    ground: get('--bg'),
    note: get('--t-text'),
    bad: get('--bad'),
    accent: get('--accent'),
    bypass: get('--t-video'),
    light: get('--graph-light') || '0.7',
  }
}

export interface Placing {
  x: number
  y: number
  zoom: number
}

interface Size {
  width: number
  height: number
  ratio: number
}

const TITLE_FROM = 48 // px of a box on screen from which its title has room

/** Where a whole scene fits into a box, at most `largest` times its size. */
export function placing(
  scene: Scene,
  width: number,
  height: number,
  pad: number,
  largest = 1,
): Placing {
  const boxes = [...scene.nodes, ...scene.areas]
  if (!boxes.length) return { x: 0, y: 0, zoom: 1 }
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const { position, width: wide = 0, height: tall = 0 } of boxes) {
    left = Math.min(left, position.x)
    top = Math.min(top, position.y)
    right = Math.max(right, position.x + wide)
    bottom = Math.max(bottom, position.y + tall)
  }
  const zoom = Math.min(
    (width - 2 * pad) / Math.max(1, right - left),
    (height - 2 * pad) / Math.max(1, bottom - top),
    largest,
  )
  return {
    x: width / 2 - ((left + right) / 2) * zoom,
    y: height / 2 - ((top + bottom) / 2) * zoom,
    zoom,
  }
}

/** Paint a scene; `marked` are the ids of nodes to show as failed. */
export function paintScene(
  g: CanvasRenderingContext2D,
  scene: Scene,
  { x, y, zoom }: Placing,
  { width, height, ratio }: Size,
  ink: Ink,
  options: { titles: boolean; marked?: ReadonlySet<string> },
): void {
  g.setTransform(ratio, 0, 0, ratio, 0, 0)
  g.clearRect(0, 0, width, height)
  const seen = (left: number, top: number, wide: number, tall: number) =>
    left < width && top < height && left + wide > 0 && top + tall > 0
  const rectOf = (box: { position: { x: number; y: number }; width?: number; height?: number }) =>
    [
      box.position.x * zoom + x,
      box.position.y * zoom + y,
      (box.width ?? 0) * zoom,
      (box.height ?? 0) * zoom,
    ] as const

  for (const area of scene.areas) {
    const box = rectOf(area)
    if (!seen(...box)) continue
    g.globalAlpha = 0.16
    g.fillStyle = fileColor(area.data.group.color) ?? ink.line
    g.fillRect(...box)
  }
  g.globalAlpha = 0.7
  g.lineWidth = 1
  paintLinks(g, scene, { x, y, zoom }, ink)
  g.globalAlpha = 1
  g.font = '500 11px "Inter Variable", sans-serif'
  g.textBaseline = 'top'
  for (const node of scene.nodes) {
    const box = rectOf(node)
    if (!seen(...box)) continue
    paintNode(g, node, box, zoom, ink, options)
  }
  if (!options.titles) return
  g.font = '600 12px "Inter Variable", sans-serif'
  for (const area of scene.areas) {
    const [left, top, wide, tall] = rectOf(area)
    if (wide < TITLE_FROM || tall < 28 || !seen(left, top, wide, tall)) continue
    const title = fitted(area.data.group.title, wide - 8)
    // On a ground of its own: nodes of the group above may be where it is.
    g.globalAlpha = 0.85
    g.fillStyle = ink.ground
    g.fillRect(left, top - 17, g.measureText(title).width + 10, 16)
    g.globalAlpha = 1
    g.fillStyle = ink.quiet
    g.fillText(title, left + 5, top - 15)
  }
}

function paintNode(
  g: CanvasRenderingContext2D,
  node: GraphNode,
  box: readonly [number, number, number, number],
  zoom: number,
  ink: Ink,
  { titles, marked }: { titles: boolean; marked?: ReadonlySet<string> },
): void {
  const { node: drawn } = node.data
  const [left, top, wide, tall] = box
  const note = node.type === 'note'
  g.globalAlpha = drawn.mode === MUTED ? 0.4 : note ? 0.3 : 1
  g.fillStyle = note ? ink.note : ink.surface
  g.fillRect(left, top, wide, tall)
  if (drawn.mode === BYPASSED) {
    // Seen from afar, as ComfyUI shows it: a thin bar alone would be lost.
    g.globalAlpha = 0.55
    g.fillStyle = ink.bypass
    g.fillRect(left, top, wide, tall)
    g.globalAlpha = 1
  }
  const bar = Math.max(1.5, 8 * zoom)
  const kind = drawn.outputs[0]?.type ?? drawn.inputs[0]?.type ?? '*'
  g.fillStyle = fileColor(drawn.color) ?? typeColor(kind, ink.light)
  if (drawn.mode === BYPASSED) g.fillStyle = ink.bypass
  if (!note) g.fillRect(left, top, wide, bar)
  if (marked?.has(node.id)) {
    g.strokeStyle = ink.bad
    g.lineWidth = 2
    g.strokeRect(left, top, wide, tall)
    g.lineWidth = 1
  }
  if (titles && wide >= TITLE_FROM && tall >= 16) {
    g.globalAlpha = 1
    g.fillStyle = ink.text
    g.fillText(fitted(node.data.title, wide - 10), left + 5, top + bar + 3)
  }
  g.globalAlpha = 1
}

function paintLinks(g: CanvasRenderingContext2D, scene: Scene, at: Placing, ink: Ink): void {
  const ends = new Map(scene.nodes.map(node => [node.id, node]))
  const byKind = new Map<string, Scene['links']>()
  for (const link of scene.links) {
    const kind = link.data?.kind ?? '*'
    const list = byKind.get(kind) ?? []
    list.push(link)
    byKind.set(kind, list)
  }
  for (const [kind, links] of byKind) {
    g.strokeStyle = typeColor(kind, ink.light)
    g.beginPath()
    for (const link of links) {
      const from = ends.get(link.source)
      const to = ends.get(link.target)
      if (!from || !to) continue
      const ax = (from.position.x + (from.width ?? 0)) * at.zoom + at.x
      const ay = (from.position.y + socketY(from, link.sourceHandle)) * at.zoom + at.y
      const bx = to.position.x * at.zoom + at.x
      const by = (to.position.y + socketY(to, link.targetHandle)) * at.zoom + at.y
      g.moveTo(ax, ay)
      g.lineTo(bx, by)
    }
    g.stroke()
  }
}

function socketY(node: GraphNode, handle: string | null | undefined): number {
  return node.data.measures.sockets.find(socket => socket.id === handle)?.y ?? 15
}

const CHARACTER = 6.2 // px, mean width of a character at 11 px

function fitted(text: string, width: number): string {
  const most = Math.floor(width / CHARACTER)
  return text.length <= most ? text : `${text.slice(0, Math.max(1, most - 1))}…`
}
