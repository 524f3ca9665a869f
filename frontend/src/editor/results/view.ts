/** A node's results as the viewer shows them, and what can be done with them on this canvas. */
import { CornerDownLeft, MessageCircle, Replace, Scan } from 'lucide-react'
import type { MediaReference } from '../../api/schema'
import { resultOf } from '../../runs/results'
import { openViewer, type ViewerAction, type ViewerItem } from '../../ui/viewer/open'
import { canComment, commentOn } from '../comments/show'
import type { placeMedia, slotOf } from '../edits/drop'
import { PLACED_TYPES } from '../handles/types'
import type { Session } from '../session'
import { texts } from '../texts'

/** Beside its own node there is room for one that takes the result up, px. */
const BESIDE = 40

/** How the editor puts a file into the document. */
export interface Edits {
  placeMedia: typeof placeMedia
  slotOf: typeof slotOf
}

/** Open the viewer on what a card shows. */
export function showResults(session: Session, id: string, at: number, edits: Edits): void {
  const { output } = session.runs.node(id)
  const items = itemsOf(session, id, output, session.runOf(id))
  openViewer({ items, at, actions: actionsFor(session, id, edits) })
}

/** What there is to view in a node's output. */
export function itemsOf(
  session: Session,
  id: string,
  output: Record<string, unknown> | null,
  run: string | null,
): ViewerItem[] {
  const node = session.store.node(id)
  const { media, text } = resultOf(output, node && session.catalog.get(node.type)?.preview)
  const title = session.titleOf(id)
  const before = beforeOf(session, id)
  if (media.length) return media.map(file => ({ media: file, title, run, node: id, before }))
  return text === null ? [] : [{ text, title, run, node: id }]
}

/** The image that a node was given, to compare its own with. */
function beforeOf(session: Session, id: string): ViewerItem | null {
  for (const edge of session.store.document.edges) {
    if (edge.target !== id) continue
    const { media } = resultOf(session.runs.node(edge.source).output)
    const image = media.find(file => file.content_type.startsWith('image/'))
    if (image) return { media: image, title: session.titleOf(edge.source) }
  }
  return null
}

/** Use a result on the canvas: in a node of its own, or in a field of a node that takes such files. */
function actionsFor(session: Session, id: string, edits: Edits): ViewerAction[] {
  const talk: ViewerAction[] = canComment(session)
    ? [
        {
          label: texts.comment,
          icon: MessageCircle,
          run: ({ run, media }) => commentOn(session, id, run, media?.asset),
        },
      ]
    : []
  if (!session.store.canEdit) return talk
  const { placeMedia, slotOf } = edits
  const node = session.store.node(id)
  const right = (node?.position?.x ?? 0) + (node ? session.flow.sizeOf(node).width : 280) + BESIDE
  const [selected] = session.flow.state.getState().selected
  const target = selected && selected !== id ? session.store.node(selected) : undefined
  const place = target && slotOf(session, target)
  const placed = PLACED_TYPES.some(type => type === node?.type)
  const isFile = ({ media }: ViewerItem) => Boolean(media?.asset && media.size != null)
  return [
    ...(placed
      ? [
          {
            label: texts.adjustOnTheImage,
            icon: Scan,
            run: () => session.view.setState({ handles: { node: id, large: true } }),
          },
        ]
      : []),
    {
      label: texts.useAsInput,
      icon: CornerDownLeft,
      when: isFile,
      run: ({ media }) =>
        placeMedia(session, media as MediaReference, { x: right, y: node?.position?.y ?? 0 }),
    },
    ...(place && target
      ? [
          {
            label: texts.putIn(session.titleOf(target.id)),
            icon: Replace,
            when: isFile,
            run: ({ media }: ViewerItem) =>
              placeMedia(session, media as MediaReference, { x: 0, y: 0 }, place),
          },
        ]
      : []),
    ...talk,
  ]
}
