/** Finding node types by words: names before aliases before descriptions, recent ones first. */

import MiniSearch, { type SearchOptions } from 'minisearch'
import type { NodeType, PortType } from '../api/catalog'
import type { Input } from '../api/schema'
import type { Catalog } from './catalog'
import { itemType } from './ports'
import type { PortRules } from './rules'
import { texts } from './texts'

const built = new WeakMap<Catalog, NodeSearch>()

/** The search over a catalog, whose index is built when it is first wanted. */
export function searchOf(catalog: Catalog): NodeSearch {
  const search = built.get(catalog) ?? new NodeSearch(catalog.types)
  built.set(catalog, search)
  return search
}

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
      searchOptions: { boost: { name: 8, aliases: 5, category: 2 }, prefix: true },
    })
    this.index.addAll(types as NodeType[])
  }

  /**
   * Find types for the words typed; with none, recent ones and then all by category and name. Where
   * no type has all the words, those that come close: some of the words, or words like them.
   */
  find(query: string, recent: readonly string[] = []): NodeType[] {
    const words = plain(query)
    if (!words) {
      const first = recent.map(type => this.byType.get(type)).filter(type => type !== undefined)
      return [...first, ...this.types.filter(type => !recent.includes(type.type))]
    }
    const exact = this.search(words, { combineWith: 'AND' })
    return exact.length ? exact : this.search(words, { combineWith: 'OR', fuzzy: mistakes })
  }

  /** What reaches further than any single type does, for words that nothing here is called. */
  further(): NodeType[] {
    return FURTHER.map(type => this.byType.get(type)).filter(type => type !== undefined)
  }

  private search(words: string, options: SearchOptions): NodeType[] {
    const found = this.index.search(words, options).flatMap(({ id, score }) => {
      const type = this.byType.get(String(id))
      return type ? [{ type, score: score + 1000 * nearness(type, words) }] : []
    })
    found.sort((a, b) => b.score - a.score || a.type.name.localeCompare(b.type.name))
    return found.map(hit => hit.type)
  }
}

/** Types that do what is written into them: a model, any service, any graph, any app. */
const FURTHER = ['chat', 'httpRequest', 'comfyWorkflow', 'falApp']

/** How many characters of a word may be wrong: none of a short one, which would become another. */
const mistakes = (word: string) => (word.length > 4 ? 0.2 : false)

/** `Text-to-Speech` as it is compared: lower case, spaces between words. */
const plain = (text: string) =>
  text
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, ' ')

/** 4 for the name itself, 3 for an alias, the first the most; 2 for how a name begins, 1 for its words. */
function nearness(type: NodeType, words: string): number {
  const name = plain(type.name)
  if (name === words) return 4
  const alias = type.aliases.findIndex(alias => plain(alias) === words)
  if (alias >= 0) return 3 - alias / 100
  if (name.startsWith(words)) return 2
  return name.split(' ').some(word => word.startsWith(words)) ? 1 : 0
}

/** A type that a dropped connection can end at, and the port it reaches. */
export interface Fit {
  type: NodeType
  port: string
  /** Whether it is a likely target of this connection, and not only a possible one. */
  meant: boolean
}

interface End {
  type: PortType
  from: 'output' | 'input'
}

/** How well a port suits: what it is for, what takes anything, what takes it by conversion. */
const SAME = 4
const NATURAL = 3
const ANYTHING = 2
const POSSIBLE = 1
/** Conversions between two forms of one thing. */
const NATURAL_PAIRS = new Set(['mask>image', 'table>json', 'json>table'])

/** Keep the types that take (or give, for a connection drawn backwards) a value, the best first. */
export function fitting(rules: PortRules, types: readonly NodeType[], end: End): Fit[] {
  const bestPort = end.from === 'output' ? bestInput : bestOutput
  const found = types.flatMap(type => {
    const best = bestPort(rules, type, end.type)
    return best ? [{ type, ...best }] : []
  })
  // Sorting keeps the order of the search among those that suit alike.
  return found
    .sort((a, b) => b.score - a.score)
    .map(({ type, port, score }) => ({ type, port, meant: score > POSSIBLE }))
}

interface Best {
  port: string
  score: number
}

const better = (best: Best | null, next: Best | null) =>
  next && (!best || next.score > best.score) ? next : best

function bestInput(rules: PortRules, type: NodeType, from: PortType): Best | null {
  if (type.dynamic === 'placeholders' && rules.fits(from, 'text')) {
    const score = itemType(from) === 'text' ? SAME : POSSIBLE
    return { port: texts.aPlaceholder, score }
  }
  return type.inputs
    .map((port, at) => inputScore(rules, port, at === 0, from))
    .reduce<Best | null>(better, null)
}

function inputScore(rules: PortRules, port: Input, first: boolean, from: PortType): Best | null {
  const way = port.port ? rules.fits(from, port.type) : null
  if (!way) return null
  const label = port.label || port.name
  // An option list and an advanced field take a value, but are hardly meant by a drop.
  const unlikely = port.advanced || port.options.length > 0
  const main = port.required || port.many || first
  // A text that is one setting among others; numbers and colors are nothing else.
  const setting = itemType(from) === 'text' && !main
  const score = unlikely || setting ? POSSIBLE : scoreOf(way, from, port.type)
  const needed = score === ANYTHING && !port.required && !port.many ? POSSIBLE : score
  return { port: label, score: needed > POSSIBLE && main ? needed + 0.5 : needed }
}

function bestOutput(rules: PortRules, type: NodeType, to: PortType): Best | null {
  return type.outputs
    .map(port => {
      const way = rules.fits(port.type, to)
      return way ? { port: port.label || port.name, score: scoreOf(way, port.type, to) } : null
    })
    .reduce<Best | null>(better, null)
}

function scoreOf(way: string, from: PortType, to: PortType): number {
  switch (way.replace('each:', '')) {
    case 'same':
      return SAME
    case 'any':
      return ANYTHING
    case 'automatic':
      return NATURAL_PAIRS.has(`${itemType(from)}>${itemType(to)}`) ? NATURAL : POSSIBLE
    default:
      return POSSIBLE
  }
}
