/**
 * The least a React Flow page can do with a graph, as the mark the editor is measured against:
 * cards with a title and rows of plain text, sizes and ports given with the data, only what is in
 * view is mounted, and below a zoom of 0.4 one canvas paints boxes and edges instead.
 */
import '@xyflow/react/dist/base.css'
import './floor.css'
import {
  applyNodeChanges, Handle, type Node, type NodeChange, Position, ReactFlow, type ReactFlowInstance,
  useStore, useStoreApi,
} from '@xyflow/react'
import { memo, useCallback, useEffect, useRef, useState } from 'react'
import { createRoot } from 'react-dom/client'

interface Port { id: string; type: 'source' | 'target'; x: number; y: number }
interface Box {
  id: string; x: number; y: number; width: number; height: number
  title: string; rows: string[]; ports: Port[]
}
interface Graph {
  boxes: Box[]
  edges: { id: string; source: string; target: string; sourceHandle: string; targetHandle: string }[]
}
type CardNode = Node<{ box: Box }>

const SIZE = 12 // px of a port
const FAR = 0.4
const NONE: never[] = []

const Card = memo(function Card({ data: { box } }: { data: { box: Box } }) {
  return (
    <>
      <div className="card" style={{ height: box.height }}>
        <b>{box.title}</b>
        {box.rows.map(row => <p key={row}>{row}</p>)}
      </div>
      {box.ports.map(port => (
        <Handle
          key={port.type + port.id}
          id={port.id}
          type={port.type}
          position={port.type === 'source' ? Position.Right : Position.Left}
          style={{ top: port.y + SIZE / 2 }}
        />
      ))}
    </>
  )
})
const nodeTypes = { card: Card }

const toNode = (box: Box): CardNode => ({
  id: box.id,
  type: 'card',
  position: { x: box.x, y: box.y },
  width: box.width,
  height: box.height,
  data: { box },
  handles: box.ports.map(port => ({
    ...port,
    position: port.type === 'source' ? Position.Right : Position.Left,
    width: SIZE,
    height: SIZE,
  })),
})

function Painting({ graph }: { graph: Graph }) {
  const ref = useRef<HTMLCanvasElement>(null)
  const api = useStoreApi()
  useEffect(() => {
    const g = ref.current?.getContext('2d')
    if (!g) return
    const at = new Map(graph.boxes.map(box => [box.id, box]))
    const lines = graph.edges.map(edge => {
      const from = at.get(edge.source) as Box
      const to = at.get(edge.target) as Box
      return [from.x + from.width, from.y + 60, to.x, to.y + 60]
    })
    let frame = 0
    const draw = () => {
      frame = 0
      const { transform: [x, y, zoom], width, height } = api.getState()
      if (g.canvas.width !== width) g.canvas.width = width
      if (g.canvas.height !== height) g.canvas.height = height
      g.setTransform(1, 0, 0, 1, 0, 0)
      g.clearRect(0, 0, width, height)
      g.setTransform(zoom, 0, 0, zoom, x, y)
      g.strokeStyle = '#8ebff3'
      g.lineWidth = 1 / zoom
      g.beginPath()
      for (const [ax, ay, bx, by] of lines) {
        g.moveTo(ax, ay)
        g.lineTo(bx, by)
      }
      g.stroke()
      g.fillStyle = '#242a35'
      for (const box of graph.boxes) g.fillRect(box.x, box.y, box.width, box.height)
    }
    const stop = api.subscribe((now, before) => {
      if (now.transform === before.transform && now.width === before.width) return
      frame ||= requestAnimationFrame(draw)
    })
    draw()
    return () => {
      stop()
      cancelAnimationFrame(frame)
    }
  }, [api, graph])
  return <canvas ref={ref} className="painting" />
}

function Level({ graph, onFar }: { graph: Graph; onFar: (far: boolean) => void }) {
  const far = useStore(state => state.transform[2] < FAR)
  useEffect(() => onFar(far), [far, onFar])
  return far ? <Painting graph={graph} /> : null
}

function Floor({ graph }: { graph: Graph }) {
  const [nodes, setNodes] = useState<CardNode[]>(() => graph.boxes.map(toNode))
  const [far, setFar] = useState(true)
  const change = useCallback(
    (changes: NodeChange<CardNode>[]) => setNodes(now => applyNodeChanges(changes, now)),
    [],
  )
  const ready = useCallback((rf: ReactFlowInstance<CardNode>) => {
    ;(window as unknown as { __floor: unknown }).__floor = { rf, count: graph.boxes.length }
  }, [graph])
  return (
    <ReactFlow
      nodes={far ? NONE : nodes}
      edges={far ? NONE : graph.edges}
      nodeTypes={nodeTypes}
      onNodesChange={change}
      onInit={ready}
      onlyRenderVisibleElements
      disableKeyboardA11y
      minZoom={0.02}
      defaultViewport={{ x: 0, y: 0, zoom: 0.1 }}
      proOptions={{ hideAttribution: true }}
    >
      <Level graph={graph} onFar={setFar} />
    </ReactFlow>
  )
}

const graph: Graph = await (await fetch(`/graph.json${location.search}`)).json()
createRoot(document.getElementById('root') as HTMLElement).render(<Floor graph={graph} />)
