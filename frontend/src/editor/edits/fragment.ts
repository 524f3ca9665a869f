/** Fragments of a graph: cut out, read from the clipboard, inserted under new ids. */
import type { DocumentEdge, DocumentNode, Operation } from '../../api/document'
import { ledThrough, pointsOf, shifted } from '../../document/points'
import { parseJson } from '../../lib/bigIntegers'
import { freshId } from '../../lib/ids'
import type { Session } from '../session'
import { snap } from './commands'

/** A fragment of a graph as it travels on the clipboard. */
export interface ClipboardFragment {
  patchbay: 'nodes'
  nodes: DocumentNode[]
  edges: DocumentEdge[]
}

/** Cut out nodes with the edges between them. */
export function fragment(session: Session, ids: readonly string[]): ClipboardFragment {
  const wanted = new Set(session.flow.withMembers(ids))
  const { document } = session.store
  return {
    patchbay: 'nodes',
    nodes: document.nodes.filter(node => wanted.has(node.id)),
    edges: document.edges.filter(edge => wanted.has(edge.source) && wanted.has(edge.target)),
  }
}

/** Read a fragment from clipboard text; null when it is something else. */
export function readFragment(text: string): ClipboardFragment | null {
  if (!text.startsWith('{')) return null
  try {
    const found = parseJson(text) as ClipboardFragment
    const whole =
      found?.patchbay === 'nodes' &&
      Array.isArray(found.nodes) &&
      Array.isArray(found.edges) &&
      found.nodes.length > 0
    const valid =
      whole &&
      found.nodes.every(
        node =>
          typeof node?.id === 'string' &&
          typeof node.type === 'string' &&
          typeof node.position?.x === 'number' &&
          typeof node.position?.y === 'number' &&
          typeof node.data === 'object' &&
          node.data !== null,
      )
    return valid ? found : null
  } catch {
    return null
  }
}

/**
 * Insert a fragment under new ids, its top left corner at a place, or shifted a little. `keepIds` lets
 * nodes have their own ids where nothing else has them: files of other programs speak by them.
 */
export function insert(
  session: Session,
  found: ClipboardFragment,
  where: { at: { x: number; y: number } } | { by: { x: number; y: number } },
  label: string,
  keepIds = false,
): void {
  const idOf = ({ id, type }: DocumentNode) =>
    keepIds && !session.store.node(id) ? id : freshId(type)
  const ids = new Map(found.nodes.map(node => [node.id, idOf(node)]))
  const left = Math.min(...found.nodes.map(node => node.position.x))
  const top = Math.min(...found.nodes.map(node => node.position.y))
  const shift = 'by' in where ? where.by : { x: snap(where.at.x - left), y: snap(where.at.y - top) }
  const operations: Operation[] = found.nodes.map(node => ({
    op: 'node.add',
    node: {
      ...node,
      id: ids.get(node.id) as string,
      position: { x: node.position.x + shift.x, y: node.position.y + shift.y },
    },
  }))
  for (const edge of found.edges) {
    const source = ids.get(edge.source)
    const target = ids.get(edge.target)
    if (!source || !target) continue
    const made = { ...edge, id: freshId('edge'), source, target }
    const points = shifted(pointsOf(edge), shift)
    operations.push({ op: 'edge.add', edge: points.length ? ledThrough(made, points) : made })
  }
  session.store.edit(operations, { label })
  session.flow.select(ids.values())
}
