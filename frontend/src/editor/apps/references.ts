/**
 * References in fal's format, `$node.path` as a whole string; the same rules as the server's
 * `workflows/graph/fal_format/references.py`. A source is what a reference starts from: a node's id,
 * `input`, or `input.<field>`. No React.
 */
import type { Json, JsonObject } from '../../api/document'

const BRACKETS = /\[(\d{1,9})\]/g
const PATH = /^(?:\.[A-Za-z0-9_-]+)*$/

export interface Reference {
  source: string
  /** Behind the source: `images.0.url`, or ''. */
  path: string
}

/** Read a reference; of several sources that fit the longest counts, for ids may hold dots. */
export function parse(text: Json | undefined, sources: Iterable<string>): Reference | null {
  if (typeof text !== 'string' || !text.startsWith('$')) return null
  const plain = text.slice(1).replaceAll(BRACKETS, '.$1')
  let best: Reference | null = null
  for (const source of sources) {
    if (!plain.startsWith(source) || (best && best.source.length >= source.length)) continue
    const rest = plain.slice(source.length)
    if (PATH.test(rest)) best = { source, path: rest.slice(1) }
  }
  return best
}

/** List the sources of all references in a value, each once, in order. */
export function sourcesIn(value: Json | undefined, sources: readonly string[]): string[] {
  const found = new Set<string>()
  walk(value, text => {
    const reference = parse(text, sources)
    if (reference) found.add(reference.source)
  })
  return [...found]
}

/** A copy of a value without what refers to a source: keys and list items that do are left out. */
export function without(value: Json, source: string, sources: readonly string[]): Json | undefined {
  if (parse(value, sources)?.source === source) return undefined
  if (Array.isArray(value)) {
    return value.map(item => without(item, source, sources)).filter(item => item !== undefined)
  }
  if (typeof value !== 'object' || value === null) return value
  const kept: JsonObject = {}
  for (const [key, inner] of Object.entries(value)) {
    const left = without(inner, source, sources)
    if (left !== undefined) kept[key] = left
  }
  return kept
}

function walk(value: Json | undefined, visit: (text: string) => void): void {
  if (typeof value === 'string') visit(value)
  else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) walk(inner, visit)
  }
}
