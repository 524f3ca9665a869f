/** The surface: React Flow near, one painted canvas far, and every gesture between them. */
import '@xyflow/react/dist/base.css'
import { ReactFlow, SelectionMode, useStoreApi } from '@xyflow/react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { createDetail, follow, mounted } from '../../ui/canvas/detail'
import { colorOf } from '../../ui/ports/colors'
import { FrameCard } from '../card/FrameCard'
import { NodeCard, renders } from '../card/NodeCard'
import { NoteCard } from '../card/NoteCard'
import type { CanvasEdge } from '../flow/flow'
import { EdgeLine } from '../ports/EdgeLine'
import { useSession } from '../session'
import { texts } from '../texts'
import { Callouts } from './Callouts'
import css from './Canvas.module.css'
import { keepCalm } from './calm'
import { Dots } from './Dots'
import { FarCanvas } from './FarCanvas'
import { makeHandlers } from './handlers'
import { Minimap } from './Minimap'
import { firstViewport } from './viewport'

// React Flow compares its props by identity: everything constant lives outside the component.
const nodeTypes = { card: NodeCard, note: NoteCard, frame: FrameCard }
const edgeTypes = { line: EdgeLine }
const snapGrid: [number, number] = [8, 8]
const lineStyle = { stroke: 'var(--connection)', strokeWidth: 2 }
const proOptions = { hideAttribution: true }
const NO_EDGES: CanvasEdge[] = []
const PAN_BUTTONS = [0, 1]
const ADD_KEYS = ['Meta', 'Control', 'Shift']

/** The distance from which what went wrong at a card cannot be read on it. */
const FROM_AFAR = 2

declare global {
  interface Window {
    /** Filled in for tests and benchmarks, which put an empty object here before the page loads. */
    __patchbay?: { rf?: unknown; renders?: { count: number }; store?: unknown; flow?: unknown }
  }
}

export function Canvas() {
  const session = useSession()
  const { flow, store, view, runs } = session
  const box = useRef<HTMLDivElement>(null)
  const first = useMemo(() => {
    const found = firstViewport(session, innerWidth, innerHeight - 136)
    session.motion.zoomed(found.zoom)
    return found
  }, [session])
  const detail = useMemo(
    () => createDetail(first.zoom, flow.state.getState().nodes.length),
    [first, flow],
  )
  const handlers = useMemo(() => makeHandlers(session, detail), [session, detail])
  const nodes = useStore(flow.state, state => state.nodes)
  const edges = useStore(flow.state, state => state.edges)
  const level = useStore(detail)
  const connecting = useStore(view, state => state.connecting?.type)

  const given = useMemo(() => {
    if (level.far || level.slices === null || !session.rf || !box.current) {
      return mounted(nodes, level, first, { width: 0, height: 0 })
    }
    const { clientWidth: width, clientHeight: height } = box.current
    return mounted(nodes, level, session.rf.getViewport(), { width, height })
  }, [nodes, level, session, first])

  useEffect(() => {
    // One more slice per frame until everything in sight is mounted; then all nodes at once.
    if (level.far || level.slices === null) return
    const next = given.complete ? null : level.slices + 1
    const frame = requestAnimationFrame(() => detail.setState({ slices: next }))
    return () => cancelAnimationFrame(frame)
  }, [level, given, detail])

  useEffect(() => {
    if (session.rf) follow(detail, session.rf.getZoom(), nodes.length)
  }, [nodes.length, session, detail])

  useEffect(() => (box.current ? keepCalm(runs, box.current) : undefined), [runs])

  useEffect(() => {
    session.motion.element = box.current
    if (!window.__patchbay) return
    window.__patchbay = {
      get rf() {
        return session.rf
      },
      renders,
      store: { document: store.state, runs, session },
      flow: flow.state,
    }
  }, [session, store, flow, runs])

  const all = level.slices === null && !level.far
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: every gesture here has a key or a button too
    <div
      ref={box}
      className={css.canvas}
      data-connecting={connecting ? true : undefined}
      data-distance={level.distance || undefined}
      data-as-result={level.distance > 1 ? level.distance : undefined}
      style={connecting ? ({ '--connection': colorOf(connecting) } as object) : undefined}
      onDoubleClick={handlers.onDoubleClick}
      onPointerDownCapture={handlers.onPointerDownCapture}
      onMouseDownCapture={handlers.onMouseDownCapture}
      onDragOver={handlers.onDragOver}
      onDrop={handlers.onDrop}
    >
      <Unmeasured />
      <ReactFlow
        aria-label={texts.canvas}
        nodes={given.nodes}
        edges={all ? edges : NO_EDGES}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        defaultViewport={first}
        onInit={handlers.onInit}
        onMoveStart={handlers.onMoveStart}
        onMove={handlers.onMove}
        onMoveEnd={handlers.onMoveEnd}
        onNodesChange={handlers.onNodesChange}
        onEdgesChange={handlers.onEdgesChange}
        onConnect={handlers.onConnect}
        onConnectStart={handlers.onConnectStart}
        onConnectEnd={handlers.onConnectEnd}
        onNodeDragStart={handlers.onNodeDragStart}
        onSelectionDragStart={handlers.onNodeDragStart}
        onNodeDragStop={handlers.onNodeDragStop}
        onSelectionDragStop={handlers.onNodeDragStop}
        onNodeDrag={handlers.onNodeDrag}
        onSelectionDrag={handlers.onNodeDrag}
        onReconnect={handlers.onReconnect}
        onReconnectStart={handlers.onReconnectStart}
        onReconnectEnd={handlers.onReconnectEnd}
        onClickConnectStart={handlers.onClickConnectStart}
        onClickConnectEnd={handlers.onClickConnectEnd}
        onEdgeDoubleClick={handlers.onEdgeDoubleClick}
        reconnectRadius={14}
        isValidConnection={handlers.isValidConnection}
        onPaneClick={handlers.onPaneClick}
        onPaneContextMenu={handlers.onPaneContextMenu}
        onNodeContextMenu={handlers.onNodeContextMenu}
        onEdgeContextMenu={handlers.onEdgeContextMenu}
        onSelectionContextMenu={handlers.onSelectionContextMenu}
        nodesDraggable={store.canEdit}
        nodesConnectable={store.canEdit}
        edgesReconnectable={store.canEdit}
        connectionLineStyle={lineStyle}
        connectionRadius={30}
        snapToGrid
        snapGrid={snapGrid}
        minZoom={0.04}
        maxZoom={3}
        panOnDrag={PAN_BUTTONS}
        selectionMode={SelectionMode.Partial}
        multiSelectionKeyCode={ADD_KEYS}
        deleteKeyCode={null}
        zoomOnDoubleClick={false}
        onlyRenderVisibleElements
        disableKeyboardA11y
        proOptions={proOptions}
      >
        <Dots />
        {!all && <FarCanvas />}
        {(level.far || level.distance >= FROM_AFAR) && <Callouts />}
        <Minimap />
      </ReactFlow>
    </div>
  )
}

/**
 * React Flow measures each card that comes into sight, and each of its ports, and then draws what is
 * there again. Sizes and ports are given with the nodes, so there is nothing to learn from that. This
 * is rendered before what would take the function.
 */
function Unmeasured() {
  const api = useStoreApi()
  useState(() => api.setState({ updateNodeInternals: () => undefined }))
  return null
}
