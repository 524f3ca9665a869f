/** Finding node types by words: names before aliases before descriptions, recent ones first. */
import MiniSearch from 'minisearch'
import { fits } from './ports'
import type { NodeType, PortType } from './types'

export class NodeSearch {
  private readonly index: MiniSearch
  private readonly byType: Map<string, NodeType>

  constructor(private readonly types: readonly NodeType[]) {
    this.byType = new Map(types.map(type => [type.type, type]))
    this.index = new MiniSearch({
      idField: 'type',
      fields: ['name', 'aliases', 'category', 'description'],
      extractField: (type, field) =>
        field === 'aliases' ? type.aliases.join(' ') : String(type[field]),
      searchOptions: {
        boost: { name: 8, aliases: 5, category: 2 },
        prefix: true,
        fuzzy: word => (word.length > 3 ? 0.2 : false),
        combineWith: 'AND',
      },
    })
    this.index.addAll(types as NodeType[])
  }

  /** Find types for the words typed; with none, recent ones and then all by category and name. */
  find(query: string, recent: readonly string[] = []): NodeType[] {
    const words = query.trim().toLowerCase()
    if (!words) {
      const first = recent.map(type => this.byType.get(type)).filter(type => type !== undefined)
      return [...first, ...this.types.filter(type => !recent.includes(type.type))]
    }
    const found = this.index.search(words).map(hit => ({
      type: this.byType.get(String(hit.id)) as NodeType,
      score: hit.score + 1000 * nearness(this.byType.get(String(hit.id)) as NodeType, words),
    }))
    found.sort((a, b) => b.score - a.score || a.type.name.localeCompare(b.type.name))
    return found.map(hit => hit.type)
  }
}

/** 3 for the name itself or an alias, 2 when the name begins so, 1 when one of its words does. */
function nearness(type: NodeType, words: string): number {
  const name = type.name.toLowerCase()
  if (name === words || type.aliases.some(alias => alias.toLowerCase() === words)) return 3
  if (name.startsWith(words)) return 2
  return name.split(/\s+/).some(word => word.startsWith(words)) ? 1 : 0
}

/** Keep the types that can take (or give, for a wire drawn backwards) a value of this type. */
export function fitting(
  types: readonly NodeType[],
  wire: { type: PortType; from: 'output' | 'input' },
): NodeType[] {
  return types.filter(type =>
    wire.from === 'output'
      ? type.inputs.some(port => port.port && fits(wire.type, port.type))
      : type.outputs.some(port => fits(port.type, wire.type)),
  )
}
