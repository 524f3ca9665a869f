/** Files and text that come from outside: dropped on the canvas or pasted. */

import type { DocumentNode } from '../../api/document'
import { isMedia, isMediaType } from '../../api/media'
import type { MediaReference } from '../../api/schema'
import { upload } from '../../api/upload'
import { requestFields } from '../../catalog/ports'
import { isArchive, isJson, isText, mayCarry, textIn, unsupported } from '../../importing/files'
import { errorMessage } from '../../lib/errors'
import { dismiss, toast } from '../../lib/toasts'
import { mismatch } from '../../ui/fields/mismatch'
import { takeGraph } from '../comfy/comfyFile'
import { setRequestValue } from '../fields/request'
import type { Session } from '../session'
import { addNode, setField } from './commands'
import { takeWorkflow } from './importing'
import { texts } from './texts'

/** Where a file goes in a node, and the type of what goes there. */
interface Slot {
  type: string
  put: (media: object) => void
}

/** The type under which files of the account travel while they are dragged. */
export const DRAGGED = 'application/x-patchbay-files'

/** Read what is dragged under that type; nothing for what is not ours. */
export function draggedMedia(text: string): MediaReference[] {
  try {
    const found: unknown = JSON.parse(text)
    return Array.isArray(found) ? found.filter(isMedia) : []
  } catch {
    return []
  }
}

const NO_PLACE = texts.noNodeAcceptsSuchAFile
const NEXT = 40 // px between several dropped files
/** The node that holds a file of a kind. */
const HOLDERS: Record<string, string> = {
  image: 'upload',
  video: 'uploadVideo',
  audio: 'uploadAudio',
}

/**
 * Take files: workflows are imported, text becomes a Text node, all else is uploaded, into the card
 * it was dropped on or into a node of its own. An image that carries a workflow asks which of both
 * it is to be.
 */
export async function takeFiles(
  session: Session,
  files: File[],
  at: { x: number; y: number },
  over?: string,
): Promise<void> {
  const node = over ? session.store.node(over) : undefined
  const place = node && slotOf(session, node)
  const [only, ...others] = files
  const takes = node && only && !others.length && session.store.canEdit
  if (takes && (await takeGraph(session, node, only))) return
  const plain: File[] = []
  for (const file of files) {
    const refused = place?.type === 'file' ? null : unsupported(file)
    if (refused) toast(refused, { tone: 'bad' })
    else if (place && (place.type === 'file' || !isJson(file))) plain.push(file)
    else if (isJson(file) || isArchive(file)) await takeWorkflow(session, file, at)
    else if (isText(file)) await takeText(session, file, at)
    else {
      const asImage = () => void uploadFiles(session, [file], at)
      const carries = await mayCarry(file)
      if (!carries || !(await takeWorkflow(session, file, at, { asImage, quiet: true }))) {
        plain.push(file)
      }
    }
  }
  if (plain.length && session.store.canEdit) await uploadFiles(session, plain, at, place)
}

async function takeText(session: Session, file: File, at: { x: number; y: number }) {
  if (!session.store.canEdit) return
  try {
    const data = { label: file.name, text: await textIn(file) }
    addNode(session, 'textBox', at, { data, clear: true })
  } catch (error) {
    toast(errorMessage(error), { tone: 'bad' })
  }
}

/** Take files of the account that were dragged from their list: as `takeFiles` does, without upload. */
export function takeMedia(
  session: Session,
  media: readonly MediaReference[],
  at: { x: number; y: number },
  over?: string,
): void {
  if (!session.store.canEdit) return
  const node = over ? session.store.node(over) : undefined
  const place = node && slotOf(session, node)
  for (const [i, file] of media.entries()) {
    placeMedia(
      session,
      file,
      { x: at.x + i * NEXT, y: at.y + i * NEXT },
      i === 0 ? place : undefined,
    )
  }
}

/** Put a file into the field of a card, or into a node of its own. */
export function placeMedia(
  session: Session,
  media: MediaReference,
  at: { x: number; y: number },
  slot?: Slot,
): void {
  const wrong = slot && mismatch(media, slot.type)
  const holder = HOLDERS[media.content_type.replace(/\/.*/, '')]
  if (wrong) toast(wrong, { tone: 'bad' })
  else if (slot) slot.put({ ...media })
  else if (!holder) toast(`${media.name}: ${NO_PLACE}`, { tone: 'bad' })
  else addNode(session, holder, at, { data: { asset: { ...media } as never }, clear: true })
}

async function uploadFiles(
  session: Session,
  files: File[],
  at: { x: number; y: number },
  place?: Slot,
): Promise<void> {
  const [first, ...others] = files
  const going = toast(
    first && !others.length ? texts.uploadingName(first.name) : texts.uploadingFiles(files.length),
  )
  for (const [i, file] of files.entries()) {
    try {
      const media = await upload(file, () => {})
      placeMedia(session, media, { x: at.x + i * NEXT, y: at.y + i * NEXT }, i ? undefined : place)
    } catch (error) {
      toast(`${file.name}: ${errorMessage(error)}`, { tone: 'bad' })
    }
  }
  dismiss(going)
}

/** How to put a file into a node: its file field, or the first media field of a request input. */
export function slotOf(session: Session, node: DocumentNode): Slot | undefined {
  const type = session.catalog.get(node.type)
  const input = session.catalog.inputsOf(node).find(port => port.widget === 'asset')
  if (input)
    return { type: input.type, put: media => setField(session, node.id, input.name, media) }
  if (type?.dynamic !== 'fields') return undefined
  const field = requestFields(node.data).find(row => isMediaType(row.type))
  return (
    field && {
      type: field.type,
      put: media => setRequestValue(session, node.id, field.name, media),
    }
  )
}
