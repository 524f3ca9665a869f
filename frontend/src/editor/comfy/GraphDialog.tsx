/** The graph of a ComfyUI node, full size. */
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useStore } from 'zustand'
import { faultsOf } from '../../comfy/fault'
import { portsQuery } from '../../comfy/queries'
import GraphViewer from '../../comfy/viewer/GraphViewer'
import { useNodeRun } from '../run/hooks'
import { useSession } from '../session'
import { choicesOf, graphOf } from './comfy'

const NONE = {}

export function GraphDialog({ id, start }: { id: string; start?: string | undefined }) {
  const session = useSession()
  const { store, catalog, view } = session
  const document = useStore(store.state, state => state.document)
  const { state, error } = useNodeRun(id)
  const marks = useMemo(() => faultsOf(state === 'failed' ? error : null), [state, error])
  const node = store.node(id)
  const graph = node && graphOf(node.data)
  const ports = useQuery({ ...portsQuery(graph ?? NONE), enabled: store.canEdit && !!graph }).data
  // biome-ignore lint/correctness/useExhaustiveDependencies: the choices follow the document
  const choices = useMemo(() => choicesOf(session, id, ports), [session, id, ports, document])
  if (!node || !graph) return null
  const name = String(node.data.label || catalog.get(node.type)?.name || node.type)
  return (
    <GraphViewer
      title={name}
      graph={graph}
      marks={marks}
      choices={choices}
      start={start}
      onClose={() => view.setState({ graph: null })}
    />
  )
}
