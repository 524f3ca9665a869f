/** How a result was made: the node and all before it, with what each was set to. Pure. */
import type { DocumentNode, Json } from '../../api/document'
import { isMedia } from '../../api/media'
import type { Execution, ExecutionNode, ExecutionWorkflow } from '../../api/schema'
import type { Catalog } from '../../catalog/catalog'
import { ownTitle } from '../../catalog/title'

export interface MadeValue {
  name: string
  label: string
  text: string
  /** A text that wants lines of its own, such as a prompt. */
  long: boolean
}

export interface MadeNode {
  id: string
  title: string
  model: string
  values: MadeValue[]
  ms: number | null
  cached: boolean
  credits: number
  /** What providers were paid in US dollars; null where none was called or none said. */
  usd: number | null
}

const LONG = 60
/** Values of one node, and characters of one of them, that are worth showing. */
const MOST_VALUES = 12
const MOST_TEXT = 2000

/** The node whose result holds a file: the first in the run's order that is not only handed it. */
export function nodeOf(run: Execution, asset: string | undefined): string | null {
  if (!asset) return null
  return run.nodes.find(node => holds(node.outputs, asset))?.id ?? null
}

function holds(value: unknown, asset: string): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (isMedia(value)) return value.asset === asset
  return Object.values(value).some(inner => holds(inner, asset))
}

/** The nodes that led to a node's result and it itself, sources first. */
export function madeOf(
  graph: Pick<ExecutionWorkflow, 'nodes' | 'edges'>,
  node: string,
  run: Pick<Execution, 'nodes' | 'randomized'>,
  catalog: Catalog,
): MadeNode[] {
  const nodes = new Map(graph.nodes.map(one => [one.id, one]))
  const rows = new Map(run.nodes.map(row => [row.id, row]))
  const found: MadeNode[] = []
  const seen = new Set<string>()
  const walk: [string, boolean][] = [[node, false]]
  while (walk.length) {
    const [id, after] = walk.pop() as [string, boolean]
    const one = nodes.get(id)
    if (!one) continue
    if (after) {
      found.push(
        described(one as DocumentNode, rows.get(id), run.randomized[id] ?? {}, catalog, graph),
      )
      continue
    }
    if (seen.has(id)) continue
    seen.add(id)
    walk.push([id, true])
    const sources = graph.edges.filter(edge => edge.target === id).map(edge => edge.source)
    for (const source of sources.reverse()) walk.push([source, false])
  }
  return found
}

function described(
  node: DocumentNode,
  row: ExecutionNode | undefined,
  drawn: Record<string, number>,
  catalog: Catalog,
  graph: Pick<ExecutionWorkflow, 'edges'>,
): MadeNode {
  const type = catalog.get(node.type)
  const connected = new Set(
    graph.edges
      .filter(edge => edge.target === node.id)
      .map(edge => String(edge.targetHandle ?? '').replace(/-in$/, '')),
  )
  let model = ''
  const values: MadeValue[] = []
  for (const input of catalog.inputsOf(node)) {
    const value = drawn[input.name] ?? node.data[input.name]
    if (input.widget === 'model') {
      model = typeof value === 'string' ? value : String(input.default ?? '')
      continue
    }
    if (connected.has(input.name) || input.widget === 'credential') continue
    const text = written(value)
    if (!text) continue
    values.push({
      name: input.name,
      label: input.label || input.name,
      text,
      long: text.length > LONG,
    })
  }
  return {
    id: node.id,
    title: ownTitle(node) || type?.name || node.type,
    model,
    values: values.slice(0, MOST_VALUES),
    ms: row?.ms ?? null,
    cached: row?.cached ?? false,
    credits: row?.cost ?? 0,
    usd: row?.money?.usd ?? null,
  }
}

/** A value as it reads; empty for nothing, for files and for what has no short form. */
function written(value: Json | undefined): string {
  if (value === undefined || value === null || value === '') return ''
  if (typeof value === 'object') {
    return Array.isArray(value) && value.every(one => typeof one !== 'object')
      ? value.join(', ').slice(0, MOST_TEXT)
      : ''
  }
  return String(value).slice(0, MOST_TEXT)
}

/** The seed with which a result was made, of the last node that has one. */
export function seedOf(made: readonly MadeNode[]): string {
  for (const node of made.toReversed()) {
    const seed = node.values.find(({ name }) => /seed$/i.test(name))
    if (seed) return seed.text
  }
  return ''
}
