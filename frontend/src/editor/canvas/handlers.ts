/** What gestures on the canvas do; made once per editor, because React Flow wants stable props. */
import {
  applyEdgeChanges,
  applyNodeChanges,
  type Connection,
  type EdgeChange,
  type FinalConnectionState,
  type NodeChange,
  type OnConnectStartParams,
  type ReactFlowInstance,
} from '@xyflow/react'
import type {
  DragEvent,
  MouseEvent as ReactMouseEvent,
  PointerEvent as ReactPointerEvent,
} from 'react'
import type { Operation } from '../../api/document'
import { withPoints } from '../../document/points'
import { toast } from '../../lib/toasts'
import { type DetailStore, follow } from '../../ui/canvas/detail'
import { isTyping } from '../../ui/isTyping'
import { firstFit, refusal } from '../edits/commands'
import { connectMany, disconnect, insertInto, reconnect } from '../edits/connections'
import { DRAGGED, draggedMedia, takeFiles, takeMedia } from '../edits/drop'
import { fragment, insert } from '../edits/fragment'
import { carriedAlong } from '../edits/frames'
import { insertAt } from '../edits/insert'
import { pointsAlong } from '../edits/points'
import type { CanvasEdge, CardNode } from '../flow/flow'
import type { Session } from '../session'
import { texts } from '../texts'
import { Guides } from './guides'
import { Insertion } from './insertion'
import { startLasso } from './lasso'
import { keepViewport } from './viewport'

type Pointed = MouseEvent | TouchEvent | ReactMouseEvent

export function makeHandlers(session: Session, detail: DetailStore) {
  const { flow, store, view } = session
  const insertion = new Insertion(session)
  const guides = new Guides(session)
  /** Whether what is dragged is to be copied: Alt was held when it was taken. */
  let copying = false
  let lassoing = false
  /** The connection whose end is being moved. */
  let moving: string | null = null

  const onNodesChange = (changes: NodeChange<CardNode>[]) => {
    const wanted = changes.filter(
      change =>
        change.type === 'position' ||
        change.type === 'select' ||
        (change.type === 'dimensions' && change.resizing),
    )
    if (!wanted.length) return
    const { nodes, edges } = flow.state.getState()
    guides.snap(wanted, nodes)
    const next = applyNodeChanges([...wanted, ...along(wanted)], nodes)
    flow.put(next, pointsAlong(session, next, edges))
    const dragged = wanted.filter(change => change.type === 'position' && change.dragging)
    if (dragged.length) insertion.look(next, dragged.length === 1 ? dragged[0] : undefined)
    commitMoves(wanted, next)
  }

  /** The moves of what is in the frames that are dragged. */
  const along = (changes: NodeChange<CardNode>[]): NodeChange<CardNode>[] => {
    const moved = new Map(
      changes.flatMap(change =>
        change.type === 'position' && change.position ? [[change.id, change.position]] : [],
      ),
    )
    const dragging = changes.some(change => change.type === 'position' && change.dragging)
    return [...carriedAlong(session, moved)].map(([id, position]) => ({
      id,
      type: 'position',
      position,
      dragging,
    }))
  }

  /** Save positions once a drag has ended. */
  const commitMoves = (changes: NodeChange<CardNode>[], nodes: CardNode[]) => {
    const ended = new Set(
      changes.flatMap(change =>
        change.type === 'position' && change.dragging === false ? [change.id] : [],
      ),
    )
    if (!ended.size) return
    const moved = new Map(
      nodes.flatMap(({ id, position }) => {
        const before = ended.has(id) ? store.node(id)?.position : undefined
        const stays = !before || (before.x === position.x && before.y === position.y)
        return stays ? [] : [[id, { ...position }] as const]
      }),
    )
    if (copying) {
      copyTo(moved)
      return
    }
    const moves = [...moved, ...carriedAlong(session, moved)].map(
      ([id, value]): Operation => ({ op: 'node.set', id, key: 'position', value }),
    )
    const [only] = ended
    const label = moves.length === 1 ? texts.moveANode : texts.moveNodes(moves.length)
    store.edit(withPoints(store.document, moves), { label, group: texts.moveId(only ?? '') })
    const edge = insertion.take()
    if (edge !== null && only !== undefined) insertInto(session, edge, only)
  }

  /** Leave the dragged nodes where they were, and put copies where they were let go. */
  const copyTo = (moved: ReadonlyMap<string, { x: number; y: number }>) => {
    copying = false
    insertion.take()
    const back = flow.withMembers(moved.keys())
    const { nodes, edges } = flow.state.getState()
    const before = nodes.map(node => {
      const position = back.includes(node.id) ? store.node(node.id)?.position : undefined
      return position ? { ...node, position, dragging: false } : node
    })
    flow.put(before, pointsAlong(session, before, edges))
    const [first] = moved
    const from = first && store.node(first[0])?.position
    if (!first || !from) return
    const by = { x: first[1].x - from.x, y: first[1].y - from.y }
    insert(session, fragment(session, [...moved.keys()]), { by }, texts.duplicate)
  }

  const onEdgesChange = (changes: EdgeChange<CanvasEdge>[]) => {
    const wanted = changes.filter(change => change.type === 'select')
    if (!wanted.length) return
    const { nodes, edges } = flow.state.getState()
    flow.put(nodes, applyEdgeChanges(wanted, edges))
  }

  const onConnectStart = (_: unknown, { nodeId, handleId, handleType }: OnConnectStartParams) => {
    const port =
      nodeId &&
      flow
        .layoutOf(nodeId)
        ?.ports.find(
          port => port.id === handleId && (port.side === 'out') === (handleType === 'source'),
        )
    if (!nodeId || !handleId || !port) return
    const { node, handle } = flow.real(nodeId, handleId)
    view.setState({
      connecting: {
        node,
        handle: handle ?? handleId,
        port: (handle ?? '').replace(/-(in|out)$/, ''),
        side: port.side,
        type: port.type,
      },
    })
  }

  const onConnect = (shown: Connection) => {
    const connection = flow.realConnection(shown)
    const reason = moving
      ? reconnect(session, moving, connection)
      : connectMany(session, connection)
    if (reason) toast(reason, { tone: 'bad' })
  }

  const onReconnectStart = (_: unknown, edge: CanvasEdge) => {
    moving = edge.id
  }

  const isValidConnection = (edge: Connection | CanvasEdge) =>
    refusal(session, flow.realConnection(edge as Connection)) === null

  const onConnectEnd = (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
    const connecting = view.getState().connecting
    view.setState({ connecting: null })
    if (!connecting || state.isValid) return
    const moved = moving
    if (state.toHandle && state.fromHandle) {
      const { fromHandle, toHandle } = state
      const [source, target] =
        connecting.side === 'out' ? [fromHandle, toHandle] : [toHandle, fromHandle]
      const reason =
        state.fromHandle.type === state.toHandle.type
          ? texts.aConnectionGoesFromAnOutput
          : refusal(
              session,
              flow.realConnection({
                source: source.nodeId,
                sourceHandle: source.id ?? null,
                target: target.nodeId,
                targetHandle: target.id ?? null,
              }),
            )
      if (reason) toast(reason, { tone: 'bad' })
      return
    }
    const at = pointOf(event)
    const over = document.elementFromPoint(at.x, at.y)?.closest<HTMLElement>('.react-flow__node')
    const node = over?.dataset.id ? store.node(over.dataset.id) : undefined
    if (node) {
      if (node.id === connecting.node) return
      const found = firstFit(session, node, connecting)
      if (found) onConnect(found)
      else toast(texts.noPortOfThisNodeAccepts, { tone: 'bad' })
      return
    }
    if (moved) disconnect(session, [moved])
    else if (store.canEdit) view.setState({ palette: { at, place: toCanvas(at), connecting } })
  }

  const toCanvas = (at: { x: number; y: number }) =>
    session.rf?.screenToFlowPosition(at, { snapToGrid: false }) ?? at

  const menuOn = (kind: 'canvas' | 'node' | 'edge') => (event: Pointed) => {
    event.preventDefault()
    const { field } = (event.target as Element).closest<HTMLElement>('[data-field]')?.dataset ?? {}
    view.setState({ menu: { at: pointOf(event), kind, field } })
  }

  return {
    onNodesChange,
    onEdgesChange,
    onConnectStart,
    onConnect,
    onConnectEnd,
    onNodeDragStart(event: MouseEvent | TouchEvent | ReactMouseEvent) {
      copying = event.altKey && store.canEdit
      session.motion.start()
    },
    onNodeDragStop() {
      session.motion.end()
    },
    onNodeDrag(event: MouseEvent | TouchEvent | ReactMouseEvent) {
      guides.off = event.altKey && !copying
    },
    onReconnect: (_: CanvasEdge, connection: Connection) => onConnect(connection),
    onReconnectStart,
    onReconnectEnd() {
      moving = null
    },
    onClickConnectStart: onConnectStart,
    onClickConnectEnd() {
      view.setState({ connecting: null })
    },
    onEdgeDoubleClick(event: ReactMouseEvent, edge: CanvasEdge) {
      if (store.canEdit) insertAt(session, edge.id, pointOf(event))
    },
    isValidConnection,
    onInit(rf: ReactFlowInstance<CardNode, CanvasEdge>) {
      session.rf = rf
      follow(detail, rf.getZoom(), flow.state.getState().nodes.length)
    },
    onMoveStart() {
      session.motion.start()
    },
    onMove(_: unknown, viewport: { x: number; y: number; zoom: number }) {
      session.motion.zoomed(viewport.zoom)
      follow(detail, viewport.zoom, flow.state.getState().nodes.length)
    },
    onMoveEnd(_: unknown, viewport: { x: number; y: number; zoom: number }) {
      session.motion.end()
      keepViewport(session.slug, viewport)
    },
    onPaneClick(event: ReactMouseEvent) {
      if (detail.getState().far) zoomTo(event)
    },
    onPaneContextMenu: menuOn('canvas'),
    onSelectionContextMenu: menuOn('node'),
    onNodeContextMenu(event: ReactMouseEvent, node: CardNode) {
      if (isTyping(event.target)) return
      if (!node.selected) flow.select([node.id])
      menuOn('node')(event)
    },
    onEdgeContextMenu(event: ReactMouseEvent, edge: CanvasEdge) {
      flow.select([], [edge.id])
      menuOn('edge')(event)
    },
    onPointerDownCapture(event: ReactPointerEvent) {
      lassoing = startLasso(session, event.nativeEvent)
      if (lassoing) event.stopPropagation()
    },
    onMouseDownCapture(event: ReactMouseEvent) {
      // The canvas would move under the lasso.
      if (lassoing) event.stopPropagation()
    },
    onDoubleClick(event: ReactMouseEvent) {
      const target = event.target as Element
      if (!target.classList.contains('react-flow__pane') || !store.canEdit) return
      const at = pointOf(event)
      view.setState({ palette: { at, place: toCanvas(at) } })
    },
    onDragOver(event: DragEvent) {
      const { types } = event.dataTransfer
      if (types.includes('Files') || types.includes(DRAGGED)) event.preventDefault()
    },
    onDrop(event: DragEvent) {
      const { files } = event.dataTransfer
      const media = draggedMedia(event.dataTransfer.getData(DRAGGED))
      if (!files.length && !media.length) return
      event.preventDefault()
      const over = (event.target as Element).closest<HTMLElement>('.react-flow__node')?.dataset.id
      const at = toCanvas(pointOf(event))
      if (media.length) takeMedia(session, media, at, over)
      else void takeFiles(session, [...files], at, over)
    },
  }

  /** Far away a click goes to the node below it. */
  function zoomTo(event: ReactMouseEvent): void {
    const at = toCanvas(pointOf(event))
    const hit = flow.state
      .getState()
      .nodes.findLast(
        ({ position, width = 0, height = 0 }) =>
          at.x >= position.x &&
          at.x <= position.x + width &&
          at.y >= position.y &&
          at.y <= position.y + height,
      )
    if (!hit) return
    flow.select([hit.id])
    const { position, width = 0, height = 0 } = hit
    void session.rf?.setCenter(position.x + width / 2, position.y + height / 2, {
      zoom: 0.8,
      duration: 240,
    })
  }
}

/** Where a mouse or touch event happened, px in the window. */
function pointOf(event: Pointed): { x: number; y: number } {
  const touch = 'changedTouches' in event ? event.changedTouches[0] : undefined
  const source = touch ?? (event as MouseEvent)
  return { x: source.clientX, y: source.clientY }
}
