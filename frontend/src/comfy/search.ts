/** Finding nodes of a ComfyUI graph by words in their titles, types and values. No React. */
import type { ComfyNode, ComfyView } from '../api/schema'
import { everyNode } from './view'

export interface Found {
  node: ComfyNode
  way: readonly string[]
  /** The subgraphs it is in, by name. */
  names: readonly string[]
  /** What of it has the words, when its title has not. */
  why: string
}

const MOST = 50

/** Find the nodes that have all the words; those with them in the title come first. */
export function findNodes(view: ComfyView, typed: string): Found[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  const [word] = words
  if (word === undefined) return []
  const has = (text: string) => words.every(word => text.toLowerCase().includes(word))
  const first: Found[] = []
  const second: Found[] = []
  for (const { node, way, names } of everyNode(view)) {
    const found = { node, way, names, why: '' }
    if (has(node.title) || node.id === typed.trim()) first.push(found)
    else if (has(node.type)) second.push({ ...found, why: node.type })
    else {
      const names = [
        ...node.widgets.flatMap(({ name, label }) => [name, label ?? '']),
        ...node.inputs.map(({ name }) => name),
      ]
      const values = node.widgets.map(({ value }) => String(value ?? ''))
      const texts = [...names, ...values, node.note ?? '']
      const text = texts.find(has)
      if (text !== undefined) second.push({ ...found, why: around(text, word) })
    }
    if (first.length >= MOST) break
  }
  return [...first, ...second].slice(0, MOST)
}

const REACH = 24 // characters shown before what was found

function around(text: string, word: string): string {
  const at = text.toLowerCase().indexOf(word)
  const from = Math.max(0, at - REACH)
  const part = text.slice(from, from + 80).replaceAll(/\s+/g, ' ')
  return `${from ? '…' : ''}${part}${from + 80 < text.length ? '…' : ''}`
}
