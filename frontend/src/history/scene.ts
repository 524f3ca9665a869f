/** Two versions as one canvas: what there is now, ghosts of what is gone, and where it was. */
import type { Edge, Node } from '@xyflow/react'
import type { DocumentNode } from '../api/document'
import type { Author, ComparedValue, Comparison } from '../api/schema'

export type Sign = 'added' | 'removed' | 'moved' | 'changed'

export interface CardData extends Record<string, unknown> {
  node: DocumentNode
  /** What became of it, the weightiest first; empty where it is as it was. */
  signs: readonly Sign[]
  values: readonly ComparedValue[]
  authors: readonly Author[]
}

export type ComparedNode = Node<CardData, 'card'>
type PlaceNode = Node<{ node: DocumentNode }, 'place'>
export type SceneNode = ComparedNode | PlaceNode

export interface Scene {
  nodes: SceneNode[]
  edges: Edge[]
  /** Ids of what differs, as one walks from change to change: from left to right. */
  changes: string[]
}

/** Lay out a comparison. */
export function sceneOf(found: Comparison): Scene {
  const before = new Map((found.before.nodes as DocumentNode[]).map(node => [node.id, node]))
  const after = found.after.nodes as DocumentNode[]
  const signsOf = (id: string): Sign[] => {
    if (found.added.includes(id)) return ['added']
    if (found.removed.includes(id)) return ['removed']
    const signs: Sign[] = []
    if (found.changed.some(row => row.node === id)) signs.push('changed')
    if (found.moved.includes(id)) signs.push('moved')
    return signs
  }
  const gone = found.removed.flatMap(id => before.get(id) ?? [])
  const cards = [...gone, ...after].map(
    (node): ComparedNode => ({
      id: node.id,
      type: 'card',
      position: node.position,
      data: {
        node,
        signs: signsOf(node.id),
        values: found.changed.filter(row => row.node === node.id),
        authors: found.authors[node.id] ?? [],
      },
    }),
  )
  const places = found.moved.flatMap((id): PlaceNode[] => {
    const node = before.get(id)
    if (!node) return []
    return [{ id: `was ${id}`, type: 'place', position: node.position, data: { node } }]
  })
  const kept = found.after.edges.map(edge => edgeOf(edge, found.connected, 'added'))
  const lost = found.before.edges
    .filter(edge => found.disconnected.includes(edge.id))
    .map(edge => ({ ...edgeOf(edge, found.disconnected, 'removed'), id: `was ${edge.id}` }))
  const paths = places.map(
    (place): Edge => ({
      id: `path ${place.id}`,
      source: place.id,
      target: place.data.node.id,
      className: 'moved',
    }),
  )
  const changes = cards
    .filter(card => card.data.signs.length)
    .sort((a, b) => a.position.x - b.position.x || a.position.y - b.position.y)
    .map(card => card.id)
  return { nodes: [...places, ...cards], edges: [...kept, ...lost, ...paths], changes }
}

interface Ends {
  id: string
  source: string
  target: string
}

function edgeOf({ id, source, target }: Ends, marked: readonly string[], sign: Sign): Edge {
  return { id, source, target, className: marked.includes(id) ? sign : '' }
}
