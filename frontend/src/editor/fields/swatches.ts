/** The colors that a color field of a node offers: those of the workflow, and its image's. */
import { isMedia, type Media } from '../../api/media'
import { filesIn } from '../../runs/results'
import type { Session } from '../session'

/** Colors of fields in the workflow, each once. */
export function colorsUsed({ store, catalog }: Session): string[] {
  const found = store.document.nodes.flatMap(node =>
    (catalog.get(node.type)?.inputs ?? []).flatMap(({ name, widget }) => {
      const value = widget === 'color' ? node.data[name] : null
      return typeof value === 'string' && value ? [value.toLowerCase()] : []
    }),
  )
  return [...new Set(found)]
}

/** The image to pick from: what is connected to the node, else what it made. */
export function imageOf({ store, runs }: Session, id: string): Media | null {
  const before = store.document.edges.filter(edge => edge.target === id).map(edge => edge.source)
  for (const node of [...before, id]) {
    const chosen = store.node(node)?.data.asset
    const files = isMedia(chosen) ? [chosen] : filesIn(runs.node(node).output)
    const image = files.find(file => file.content_type.startsWith('image/'))
    if (image) return image
  }
  return null
}
