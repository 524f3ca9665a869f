/** The canvas of a comparison: to look at, never edited; it follows the change that is current. */
import '@xyflow/react/dist/base.css'
import { type Edge, ReactFlow, type ReactFlowInstance } from '@xyflow/react'
import { useEffect, useMemo, useRef } from 'react'
import { nodeTypes, type Shared, SharedContext } from './ComparedCard'
import css from './ComparisonCanvas.module.css'
import type { Scene, SceneNode } from './scene'

const proOptions = { hideAttribution: true }
const fitViewOptions = { padding: 0.16, maxZoom: 1 }
const NEAR = 0.9

interface Props {
  scene: Scene
  shared: Shared
  onSelect: (id: string | null) => void
}

export function ComparisonCanvas({ scene, shared, onSelect }: Props) {
  const rf = useRef<ReactFlowInstance<SceneNode, Edge> | null>(null)
  const { current } = shared
  const order = useMemo(() => scene.nodes.map(node => node.id).join(' '), [scene])
  useEffect(() => {
    // Another version, another graph: all of it in view.
    if (order) void rf.current?.fitView(fitViewOptions)
  }, [order])
  useEffect(() => {
    if (current === null) return
    const nodes = [{ id: current }, { id: `was ${current}` }]
    void rf.current?.fitView({ nodes, maxZoom: NEAR, padding: 0.5, duration: 200 })
  }, [current])
  return (
    <SharedContext value={shared}>
      <div className={css.canvas}>
        <ReactFlow<SceneNode, Edge>
          nodes={scene.nodes}
          edges={scene.edges}
          nodeTypes={nodeTypes}
          onInit={instance => {
            rf.current = instance
          }}
          onNodeClick={(_, node) => onSelect(scene.changes.includes(node.id) ? node.id : null)}
          onPaneClick={() => onSelect(null)}
          fitView
          fitViewOptions={fitViewOptions}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          zoomOnDoubleClick={false}
          deleteKeyCode={null}
          selectionKeyCode={null}
          multiSelectionKeyCode={null}
          minZoom={0.04}
          maxZoom={2}
          onlyRenderVisibleElements
          disableKeyboardA11y
          proOptions={proOptions}
        />
      </div>
    </SharedContext>
  )
}
