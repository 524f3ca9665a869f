/** The view of a ComfyUI graph, full size: step into subgraphs, search, choose what are ports. */

import { useQuery } from '@tanstack/react-query'
import { ReactFlowProvider } from '@xyflow/react'
import { useCallback, useMemo, useRef, useState } from 'react'
import type { JsonObject } from '../../api/document'
import type { ComfyNode, ComfyView } from '../../api/schema'
import { errorMessage } from '../../lib/errors'
import { Dialog } from '../../ui/controls/Dialog'
import type { Choices } from '../choices'
import { type Mark, ViewerContext } from '../graph/context'
import { GraphFlow, type GraphInstance } from '../graph/GraphFlow'
import { sceneOf } from '../graph/scene'
import { viewQuery } from '../queries'
import { texts } from '../texts'
import { canvasAt, targetOf, wayTo } from '../view'
import css from './GraphViewer.module.css'
import { Head } from './Head'
import { NodePanel } from './NodePanel'
import { ViewTools } from './ViewTools'

interface Props {
  title: string
  graph: JsonObject
  /** What went wrong, by the id a node runs under. */
  marks?: ReadonlyMap<string, Mark>
  choices?: Choices | undefined
  /** The node to begin at, by the id it runs under. */
  start?: string | null | undefined
  onClose: () => void
}

export default function GraphViewer({ title, graph, onClose, ...rest }: Props) {
  const view = useQuery(viewQuery(graph))
  return (
    <Dialog title={title} onClose={onClose} full>
      {view.data && <Open view={view.data} title={title} {...rest} />}
      {view.error && (
        <p className={css.bad} role="alert">
          {texts.thisGraphCannotBeShown} {errorMessage(view.error)}
        </p>
      )}
      {view.isPending && <p className={css.wait}>{texts.drawingTheGraph}</p>}
    </Dialog>
  )
}

const NO_MARKS: ReadonlyMap<string, Mark> = new Map()

interface OpenProps extends Pick<Props, 'title' | 'marks' | 'choices' | 'start'> {
  view: ComfyView
}

function Open({ view, title, marks = NO_MARKS, choices, start }: OpenProps) {
  const begin = start ? wayTo(start) : null
  const known = begin && canvasAt(view, begin.way) ? begin : null
  const [way, setWay] = useState<readonly string[]>(known?.way ?? [])
  const [selected, setSelected] = useState<string | null>(known?.id ?? null)
  const rf = useRef<GraphInstance | null>(null)
  const wanted = useRef<string | null>(known?.id ?? null)
  const canvas = canvasAt(view, way) ?? view
  const scene = useMemo(() => sceneOf(view, canvas), [view, canvas])

  const go = useCallback((to: readonly string[], node: string | null = null) => {
    wanted.current = node
    setWay(to)
    setSelected(node)
  }, [])
  const center = useCallback(
    (id: string | null) => {
      const node = scene.nodes.find(candidate => candidate.id === id)
      if (!node || !rf.current) return
      const { position, width = 0, height = 0 } = node
      const zoom = Math.max(rf.current.getZoom(), 0.8)
      void rf.current.setCenter(position.x + width / 2, position.y + height / 2, {
        zoom,
        duration: 240,
      })
    },
    [scene],
  )
  const ready = useCallback(
    (instance: GraphInstance) => {
      rf.current = instance
      center(wanted.current)
      wanted.current = null
    },
    [center],
  )
  const show = (to: readonly string[], id: string) => {
    if (to.join(':') === way.join(':')) {
      setSelected(id)
      center(id)
    } else go(to, id)
  }
  const enter = useCallback((id: string) => go([...way, id]), [go, way])

  // Marks and choices name nodes as they run; here they are named as on this canvas.
  const here = useMemo(() => {
    const found = new Map<string, Mark>()
    for (const [execution, mark] of marks) {
      const path = wayTo(execution)
      if (path.way.join(':') === way.join(':')) found.set(path.id, mark)
      // What went wrong inside a subgraph is marked at the instance that leads there.
      else if (execution.startsWith(`${way.join(':')}${way.length ? ':' : ''}`)) {
        found.set(execution.split(':')[way.length] ?? '', { message: mark.message, input: null })
      }
    }
    return found
  }, [marks, way])
  const inputs = useMemo(
    () => new Set(choices?.inputs.map(input => `${input.node} ${input.widget}`)),
    [choices?.inputs],
  )
  const shared = useMemo(
    () => ({
      marks: here,
      isInput(node: ComfyNode, widget: string) {
        const target = inputs.size ? targetOf(view, way, node, widget) : null
        return target !== null && inputs.has(`${target.node} ${target.input}`)
      },
      enter,
    }),
    [here, inputs, view, way, enter],
  )
  const marked = useMemo(() => new Set(here.keys()), [here])
  const node = canvas.nodes.find(candidate => candidate.id === selected) ?? null

  return (
    <ViewerContext value={shared}>
      <Head view={view} title={title} way={way} onGo={go} onShow={show} />
      <div className={css.main}>
        <div className={css.stage}>
          <ReactFlowProvider key={way.join(':')}>
            <GraphFlow
              scene={scene}
              selected={selected}
              marked={marked}
              onSelect={setSelected}
              onEnter={enter}
              onReady={ready}
            />
            <ViewTools scene={scene} />
          </ReactFlowProvider>
        </div>
        <NodePanel
          view={view}
          node={node}
          way={way}
          mark={node ? here.get(node.id) : undefined}
          choices={choices}
          onEnter={enter}
          onShow={show}
        />
      </div>
    </ViewerContext>
  )
}
