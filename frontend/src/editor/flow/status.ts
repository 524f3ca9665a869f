/** How a node takes part in a run, as its card shows it: its mode, its pin, and what it lacks. */
import type { DocumentNode } from '../../api/document'
import type { Catalog } from '../../catalog/catalog'
import { portName } from '../../catalog/ports'
import { type Effective, type Mode, modeOf, passes } from '../../document/modes'
import type { Attached } from './layout'

export interface NodeStatus {
  mode: Mode | null
  /** It holds its result instead of running. */
  pinned: boolean
  /** The title of the node that is left out and that it needs, so that it is left out too. */
  needs: string
  /** The ports between which a bypassed node passes values on, as handles. */
  through: readonly (readonly [string, string])[]
}

/** Nothing keeps it from running. */
export const TAKES_PART: NodeStatus = { mode: null, pinned: false, needs: '', through: [] }

/** How a node takes part; `attached` are the handles of its connections. */
export function statusOf(
  catalog: Catalog,
  effect: Effective,
  node: DocumentNode,
  attached: Attached,
  titleOf: (id: string) => string,
): NodeStatus {
  const mode = modeOf(node)
  const pinned = effect.pinned.has(node.id)
  const missing = effect.missing.get(node.id)
  if (!mode && !pinned && missing === undefined) return TAKES_PART
  const needs = missing === undefined ? '' : titleOf(missing)
  return { mode, pinned, needs, through: mode === 'bypass' ? through(catalog, node, attached) : [] }
}

function through(catalog: Catalog, node: DocumentNode, attached: Attached): NodeStatus['through'] {
  const inputs = catalog.inputsOf(node).filter(port => port.port)
  const names = inputs.map(port => port.name)
  const connected = new Set(
    attached.in.map(handle => portName(handle, 'in', names)).filter(name => name !== null),
  )
  return catalog.outputsOf(node).flatMap(output => {
    const from = passes(catalog, inputs, output, connected)
    return from === null ? [] : [[`${from}-in`, `${output.name}-out`] as const]
  })
}
