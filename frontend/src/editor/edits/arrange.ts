/** Where nodes are: tidied in layers, aligned, spread evenly; each one step of the history. */
import type { DocumentNode, Operation } from '../../api/document'
import { isCollapsed, isFrame } from '../../document/frames'
import type { Box, Line } from '../../document/layers'
import { pointsOf, setPoints, withPoints } from '../../document/points'
import type { Placed } from '../../document/tidy'
import { toast } from '../../lib/toasts'
import { fit } from '../canvas/viewport'
import type { Session } from '../session'
import { snap } from './commands'
import { texts } from './texts'

/** Longer than this no one waits for an arrangement, ms. */
const PATIENCE = 20_000

/** Arrange these nodes, or all, in layers. Frames keep what is in them. */
export async function tidyNodes(session: Session, ids: readonly string[]): Promise<void> {
  const { store, flow } = session
  const wanted = new Set(flow.withMembers(ids.length > 1 ? ids : store.document.nodes.map(idOf)))
  const nodes = store.document.nodes.filter(node => wanted.has(node.id))
  if (nodes.length < 2) return
  const { boxes, lines } = problemOf(session, nodes)
  let placed: Map<string, Placed>
  try {
    placed = await inWorker(boxes, lines)
  } catch {
    toast(texts.couldNotTidy, { tone: 'bad' })
    return
  }
  // What has moved meanwhile was meant to be where it is now.
  const operations = nodes.flatMap(node => {
    const now = store.node(node.id)
    const place = placed.get(node.id)
    return now && place && now.position === node.position ? moved(node, place, session) : []
  })
  store.edit(
    [...operations, ...hiddenAlong(session, nodes, placed), ...straightened(session, wanted)],
    {
      label: texts.tidyLabel,
    },
  )
  if (wanted.size === store.document.nodes.length) fit(session)
}

const idOf = ({ id }: DocumentNode) => id

function moved(node: DocumentNode, { x, y, width, height }: Placed, session: Session): Operation[] {
  if (session.flow.isHidden(node.id)) return []
  const operations: Operation[] = []
  if (x !== node.position.x || y !== node.position.y) {
    operations.push({ op: 'node.set', id: node.id, key: 'position', value: { x, y } })
  }
  if (isFrame(node) && !isCollapsed(node)) {
    operations.push(
      { op: 'node.set', id: node.id, key: 'width', value: width },
      { op: 'node.set', id: node.id, key: 'height', value: height },
    )
  }
  return operations
}

/** Connections between nodes that are arranged go by themselves again. */
function straightened({ store }: Session, ids: ReadonlySet<string>): Operation[] {
  return store.document.edges
    .filter(edge => ids.has(edge.source) && ids.has(edge.target) && pointsOf(edge).length)
    .map(edge => setPoints(edge, []))
}

/** What collapsed frames hide goes where they go. */
function hiddenAlong(
  session: Session,
  nodes: readonly DocumentNode[],
  placed: ReadonlyMap<string, Placed>,
): Operation[] {
  return nodes.flatMap(frame => {
    const place = placed.get(frame.id)
    if (!place || !isFrame(frame) || !isCollapsed(frame)) return []
    const [dx, dy] = [place.x - frame.position.x, place.y - frame.position.y]
    return session.flow.membersOf(frame).map(
      ({ id, position }): Operation => ({
        op: 'node.set',
        id,
        key: 'position',
        value: { x: position.x + dx, y: position.y + dy },
      }),
    )
  })
}

/** The boxes as they are shown, and the connections between their ports. */
function problemOf(session: Session, nodes: readonly DocumentNode[]) {
  const { flow } = session
  const shown = nodes.filter(({ id }) => !flow.isHidden(id))
  const ids = new Set(shown.map(idOf))
  const frames = shown.filter(node => isFrame(node) && !isCollapsed(node))
  const frameOf = new Map<string, string>()
  // The smallest frame that a node is in is its own: larger ones are visited first.
  frames.sort((a, b) => area(flow.sizeOf(b)) - area(flow.sizeOf(a)))
  for (const frame of frames) {
    for (const { id } of flow.membersOf(frame)) frameOf.set(id, frame.id)
  }
  const boxes = shown.map((node): Box => {
    const { width, height } = flow.sizeOf(node)
    const frame = frameOf.get(node.id)
    return {
      id: node.id,
      ...node.position,
      width,
      height,
      ...(frame === undefined ? {} : { frame }),
      ...(isFrame(node) && !isCollapsed(node) ? { isFrame: true } : {}),
    }
  })
  const port = (node: string, handle: unknown, side: 'in' | 'out') =>
    flow.layoutOf(node)?.ports.find(port => port.id === handle && port.side === side)?.y ?? 18
  const lines = flow.state.getState().edges.flatMap((edge): Line[] => {
    const { source, target, sourceHandle, targetHandle } = edge
    if (!ids.has(source) || !ids.has(target)) return []
    const sourceY = port(source, sourceHandle, 'out')
    return [{ source, target, sourceY, targetY: port(target, targetHandle, 'in') }]
  })
  return { boxes, lines }
}

const area = ({ width, height }: { width: number; height: number }) => width * height

function inWorker(boxes: Box[], lines: Line[]): Promise<Map<string, Placed>> {
  const worker = new Worker(new URL('./tidy.worker.ts', import.meta.url), { type: 'module' })
  const placed = new Promise<Map<string, Placed>>((resolve, reject) => {
    const timer = setTimeout(reject, PATIENCE)
    worker.onmessage = ({ data }: MessageEvent<[string, Placed][]>) => {
      clearTimeout(timer)
      resolve(new Map(data))
    }
    worker.onerror = reject
  })
  worker.postMessage({ boxes, lines })
  return placed.finally(() => worker.terminate())
}

export type Edge = 'left' | 'center' | 'right' | 'top' | 'middle' | 'bottom'

/** A card where it is. */
interface Card {
  id: string
  x: number
  y: number
  width: number
  height: number
}

function cardsOf(session: Session, ids: readonly string[]): Card[] {
  return ids.flatMap(id => {
    const node = session.store.node(id)
    return node ? [{ id, ...node.position, ...session.flow.sizeOf(node) }] : []
  })
}

/** Align nodes at the outermost edge, or at the middle of all. */
export function align(session: Session, ids: readonly string[], edge: Edge): void {
  const cards = cardsOf(session, ids)
  const left = Math.min(...cards.map(card => card.x))
  const right = Math.max(...cards.map(card => card.x + card.width))
  const top = Math.min(...cards.map(card => card.y))
  const bottom = Math.max(...cards.map(card => card.y + card.height))
  const places: Record<Edge, (card: Card) => { x: number; y: number }> = {
    left: ({ y }) => ({ x: left, y }),
    center: ({ y, width }) => ({ x: snap((left + right - width) / 2), y }),
    right: ({ y, width }) => ({ x: right - width, y }),
    top: ({ x }) => ({ x, y: top }),
    middle: ({ x, height }) => ({ x, y: snap((top + bottom - height) / 2) }),
    bottom: ({ x, height }) => ({ x, y: bottom - height }),
  }
  put(session, cards, places[edge], texts.alignNodes(cards.length))
}

/** Leave equal space between nodes; the outermost stay. */
export function distribute(session: Session, ids: readonly string[], axis: 'x' | 'y'): void {
  const size = axis === 'x' ? 'width' : 'height'
  const cards = cardsOf(session, ids).sort((a, b) => a[axis] - b[axis])
  const [first, last] = [cards[0], cards.at(-1)]
  if (!first || !last || cards.length < 3) return
  const taken = cards.reduce((sum, card) => sum + card[size], 0)
  const room = (last[axis] + last[size] - first[axis] - taken) / (cards.length - 1)
  let at = first[axis]
  const places = new Map<string, number>()
  for (const card of cards) {
    places.set(card.id, card === last ? last[axis] : snap(at))
    at += card[size] + room
  }
  const place = ({ id, x, y }: Card) => ({ x, y, [axis]: places.get(id) as number })
  put(session, cards, place, texts.distributeNodes(cards.length))
}

function put(
  session: Session,
  cards: readonly Card[],
  place: (card: Card) => { x: number; y: number },
  label: string,
): void {
  const operations = cards.flatMap((card): Operation[] => {
    const value = place(card)
    if (value.x === card.x && value.y === card.y) return []
    const { id } = card
    const [dx, dy] = [value.x - card.x, value.y - card.y]
    // A frame takes along what is in it, unless that is placed itself.
    const inside = session.flow.withMembers([id]).filter(one => cards.every(c => c.id !== one))
    return [
      { op: 'node.set', id, key: 'position', value },
      ...inside.flatMap((one): Operation[] => {
        const position = session.store.node(one)?.position
        if (!position) return []
        const to = { x: position.x + dx, y: position.y + dy }
        return [{ op: 'node.set', id: one, key: 'position', value: to }]
      }),
    ]
  })
  session.store.edit(withPoints(session.store.document, operations), { label })
}
