/** The colors that a color field of a node offers: those of the workflow, and its image's. */
import type { DocumentNode } from '../../api/document'
import { isMedia, type Media } from '../../api/media'
import type { Catalog } from '../../catalog/catalog'
import { fieldValue } from '../../document/check'
import { filesIn } from '../../runs/results'
import { readStops } from '../../ui/fields/gradient'
import type { Session } from '../session'

/** Colors of fields in the workflow, each once. */
export function colorsUsed({ store, catalog }: Session): string[] {
  const found = store.document.nodes.flatMap(node =>
    (catalog.get(node.type)?.inputs ?? []).flatMap(({ name, widget }) => {
      const value = node.data[name]
      const stops = widget === 'gradient' ? (readStops(value) ?? []) : []
      const plain = widget === 'color' && typeof value === 'string' && value ? [value] : []
      return [...plain, ...(value ? stops.map(({ color }) => color) : [])].map(color =>
        color.toLowerCase(),
      )
    }),
  )
  return [...new Set(found)]
}

/** The fields of the colors of a gradient that has no stops. */
export const PLAIN_COLORS = ['start', 'middle', 'end']

/** The colors from which a gradient without stops is made, a line each; "" for fewer than two. */
export function plainColors(node: DocumentNode | undefined, catalog: Catalog): string {
  const inputs = node ? (catalog.get(node.type)?.inputs ?? []) : []
  const found = PLAIN_COLORS.flatMap(name => {
    const input = inputs.find(one => one.name === name && one.widget === 'color')
    const value = node && input ? fieldValue(node, input) : null
    return typeof value === 'string' && value.trim() ? [value.trim()] : []
  })
  return found.length > 1 ? found.join('\n') : ''
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
