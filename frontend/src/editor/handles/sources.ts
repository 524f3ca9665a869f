/** The images that are connected to a node, as far as they are there: made by a run, or chosen. */
import { useMemo } from 'react'
import { useStore } from 'zustand'
import type { DocumentNode, WorkflowDocument } from '../../api/document'
import { isMedia, type Media } from '../../api/media'
import type { MediaReference } from '../../api/schema'
import type { Catalog } from '../../catalog/catalog'
import { portName, requestFields } from '../../catalog/ports'
import { requestValue } from '../../document/check'
import { links } from '../../document/graph'
import { nodesById } from '../../document/store'
import { filesIn } from '../../runs/results'
import { useNodeRun } from '../run/hooks'
import { useSession } from '../session'

interface Source {
  node: DocumentNode
  port: string
}

/** The first connection into one of the ports of a node. */
export function sourceOf(
  document: WorkflowDocument,
  catalog: Catalog,
  id: string,
  ports: readonly string[],
): Source | null {
  const node = nodesById(document).get(id)
  if (!node) return null
  const names = catalog.inputsOf(node).map(port => port.name)
  for (const port of ports) {
    for (const edge of links(document).into.get(id) ?? []) {
      const source = nodesById(document).get(edge.source)
      if (!source || portName(edge.targetHandle, 'in', names) !== port) continue
      const outputs = catalog.outputsOf(source).map(output => output.name)
      return { node: source, port: portName(edge.sourceHandle, 'out', outputs) ?? '' }
    }
  }
  return null
}

/** The file that a node gives at an output: of its last run, or what was chosen in it. */
function fileOf(source: Source, output: Record<string, unknown> | null): MediaReference | null {
  const [made] = filesIn(output?.[source.port])
  if (made) return made
  const { data } = source.node
  if (isMedia(data.asset)) return data.asset
  const field = requestFields(data).find(({ name }) => name === source.port)
  return field ? (filesIn(requestValue(data, field))[0] ?? null) : null
}

/** What is connected to one of the ports of a node, as an image to draw on; null without one. */
export function useConnected(id: string, ports: readonly string[]): Media | null {
  const { store, catalog } = useSession()
  const document = useStore(store.state, state => state.document)
  const source = sourceOf(document, catalog, id, ports)
  const run = useNodeRun(source?.node.id ?? '')
  const file = source && fileOf(source, run.output)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same file is the same image
  return useMemo(() => file, [file?.asset])
}
