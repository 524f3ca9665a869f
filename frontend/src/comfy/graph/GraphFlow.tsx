/** One canvas of a graph in React Flow: cards near, one painted canvas far away, nothing editable. */
import '@xyflow/react/dist/base.css'
import { ReactFlow, type ReactFlowInstance, useStoreApi } from '@xyflow/react'
import { useEffect, useMemo, useRef } from 'react'
import { useStore } from 'zustand'
import { createDetail, follow, mounted } from '../../ui/canvas/detail'
import { GraphArea } from '../viewer/GraphArea'
import css from './Graph.module.css'
import { GraphLink } from './GraphLink'
import { GraphNode } from './GraphNode'
import { GraphNote } from './GraphNote'
import { paintScene, placing, readInk } from './paint'
import type { AreaNode, GraphLink as LinkOfGraph, GraphNode as NodeOfGraph, Scene } from './scene'

// React Flow compares its props by identity: everything constant lives outside the component.
const nodeTypes = { node: GraphNode, note: GraphNote, area: GraphArea }
const edgeTypes = { link: GraphLink }
const proOptions = { hideAttribution: true }
const NO_LINKS: LinkOfGraph[] = []
const SMALLEST = 0.02
const LARGEST = 2.5
const READABLE = 0.5
/** However few nodes there are: far away a painted graph is the more readable one. */
const ALWAYS = Number.POSITIVE_INFINITY

type AnyNode = NodeOfGraph | AreaNode
export type GraphInstance = ReactFlowInstance<AnyNode, LinkOfGraph>

interface Props {
  scene: Scene
  selected: string | null
  marked: ReadonlySet<string>
  onSelect: (id: string | null) => void
  onEnter: (id: string) => void
  onReady: (rf: GraphInstance) => void
}

export function GraphFlow({ scene, selected, marked, onSelect, onEnter, onReady }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const rf = useRef<GraphInstance | null>(null)
  const first = useMemo(() => firstView(scene), [scene])
  const detail = useMemo(() => createDetail(first.zoom, ALWAYS), [first])
  const level = useStore(detail)
  const all: AnyNode[] = useMemo(
    () => [
      ...scene.areas,
      ...scene.nodes.map(node => (node.id === selected ? { ...node, selected: true } : node)),
    ],
    [scene, selected],
  )
  const given = useMemo(() => {
    const { clientWidth: width = innerWidth, clientHeight: height = innerHeight } =
      box.current ?? {}
    return mounted(all, level, rf.current?.getViewport() ?? first, { width, height })
  }, [all, level, first])

  useEffect(() => {
    // One more slice per frame until everything in sight is mounted; then all nodes at once.
    if (level.far || level.slices === null) return
    const next = given.complete ? null : level.slices + 1
    const frame = requestAnimationFrame(() => detail.setState({ slices: next }))
    return () => cancelAnimationFrame(frame)
  }, [level, given, detail])

  const whole = level.slices === null && !level.far
  const handlers = useMemo(
    () => ({
      init(instance: GraphInstance) {
        rf.current = instance
        onReady(instance)
      },
      move(_: unknown, view: { zoom: number }) {
        follow(detail, view.zoom, ALWAYS)
      },
      click(_: unknown, node: AnyNode) {
        if (node.type !== 'area') onSelect(node.id)
      },
      double(_: unknown, node: AnyNode) {
        if (node.type === 'node' && (node as NodeOfGraph).data.inside !== null) onEnter(node.id)
      },
      ground(event: { clientX: number; clientY: number }) {
        onSelect(detail.getState().far ? (under(rf.current, scene, event) ?? null) : null)
      },
    }),
    [detail, scene, onSelect, onEnter, onReady],
  )

  return (
    <div ref={box} className={css.surface}>
      <ReactFlow<AnyNode, LinkOfGraph>
        id="graph"
        nodes={given.nodes}
        edges={whole ? scene.links : NO_LINKS}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        defaultViewport={first}
        onInit={handlers.init}
        onMove={handlers.move}
        onNodeClick={handlers.click}
        onNodeDoubleClick={handlers.double}
        onPaneClick={handlers.ground}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        elevateNodesOnSelect={false}
        zoomOnDoubleClick={false}
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        minZoom={SMALLEST}
        maxZoom={LARGEST}
        onlyRenderVisibleElements
        disableKeyboardA11y
        proOptions={proOptions}
      >
        {!whole && <FarGraph scene={scene} marked={marked} />}
      </ReactFlow>
    </div>
  )
}

/** What the window has besides the graph is known: its panel, its bars. Fit the graph; one that would be too small to read begins at its beginning on a phone. */
function firstView(scene: Scene) {
  const wide = innerWidth > 760
  const [beside, around] = wide ? [352, 132] : [0, 190]
  const whole = placing(scene, innerWidth - beside, innerHeight - around, 32)
  if (wide || whole.zoom >= READABLE || !scene.nodes.length) return whole
  const start = scene.nodes.reduce((a, b) => (b.position.x < a.position.x ? b : a))
  return {
    x: 16 - start.position.x * READABLE,
    y: 48 - start.position.y * READABLE,
    zoom: READABLE,
  }
}

/** The node below a click on the painted canvas. */
function under(
  rf: GraphInstance | null,
  scene: Scene,
  event: { clientX: number; clientY: number },
): string | undefined {
  const at = rf?.screenToFlowPosition({ x: event.clientX, y: event.clientY })
  if (!at) return undefined
  return scene.nodes.findLast(
    ({ position, width = 0, height = 0 }) =>
      at.x >= position.x &&
      at.x <= position.x + width &&
      at.y >= position.y &&
      at.y <= position.y + height,
  )?.id
}

function FarGraph({ scene, marked }: { scene: Scene; marked: ReadonlySet<string> }) {
  const ref = useRef<HTMLCanvasElement>(null)
  const api = useStoreApi()
  useEffect(() => {
    const canvas = ref.current
    const g = canvas?.getContext('2d')
    if (!canvas || !g) return
    let frame = 0
    const ink = readInk(canvas)
    const draw = () => {
      frame = 0
      const { transform, width, height } = api.getState()
      const ratio = Math.min(devicePixelRatio, 2)
      const [wide, tall] = [Math.round(width * ratio), Math.round(height * ratio)]
      if (canvas.width !== wide || canvas.height !== tall) {
        canvas.width = wide
        canvas.height = tall
      }
      const [x, y, zoom] = transform
      const options = { titles: true, marked }
      paintScene(g, scene, { x, y, zoom }, { width, height, ratio }, ink, options)
    }
    const stop = api.subscribe((now, before) => {
      const same = now.transform === before.transform
      if (same && now.width === before.width && now.height === before.height) return
      frame ||= requestAnimationFrame(draw)
    })
    draw()
    return () => {
      stop()
      cancelAnimationFrame(frame)
    }
  }, [api, scene, marked])
  return <canvas ref={ref} className={css.far} />
}
