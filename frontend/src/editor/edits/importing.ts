/** Workflow files that come to an open canvas: taken whole, inserted, or opened on their own. */

import type { DocumentNode, Operation } from '../../api/document'
import { bodyOf, importFile } from '../../api/imports'
import type { Imported } from '../../api/schema'
import { READ_ONLY } from '../../document/operations'
import { contentOf, hasNotes } from '../../importing/contents'
import { errorMessage } from '../../lib/errors'
import { toast } from '../../lib/toasts'
import { editorUrl, workflowCreate } from '../../ui/workflows/queries'
import { fit } from '../canvas/viewport'
import type { Session } from '../session'
import type { PendingImport, Point } from '../view'
import { insert } from './fragment'
import { texts } from './texts'

/** Names that a workflow has before a user has named it. */
const UNNAMED = /^Untitled workflow/

/**
 * Read a file and put what it holds on an empty canvas, or ask what to do with it. `at` is where it
 * was dropped. Returns whether it holds a workflow; otherwise it says why not, unless `quiet`.
 */
export async function takeWorkflow(
  session: Session,
  file: File,
  at: Point,
  { asImage, quiet }: { asImage?: () => void; quiet?: boolean } = {},
): Promise<boolean> {
  let found: Imported
  try {
    found = await importFile(file)
  } catch (error) {
    if (!quiet) toast(errorMessage(error), { tone: 'bad' })
    return false
  }
  const { store, view } = session
  const empty = store.canEdit && store.document.nodes.length === 0
  if (empty && !asImage) {
    fillWith(session, found)
    if (hasNotes(found)) view.setState({ pendingImport: { found, at, done: true } })
    else toast(texts.importedName(found.name, contentOf(found)))
  } else {
    view.setState({ pendingImport: { found, at, asImage } })
  }
  return true
}

/** Put what a file holds in the place of everything on the canvas, as one step. */
export function fillWith(session: Session, found: Imported): void {
  const { document } = session.store
  const { nodes, edges, ...rest } = found.document
  const operations: Operation[] = [
    ...document.edges.map(({ id }): Operation => ({ op: 'edge.remove', id })),
    ...document.nodes.map(({ id }): Operation => ({ op: 'node.remove', id })),
    ...nodes.map((node): Operation => ({ op: 'node.add', node })),
    ...edges.map((edge): Operation => ({ op: 'edge.add', edge })),
  ]
  // What the old file was made of is of no use to the new one.
  const meta: Record<string, unknown> = { fal: undefined, ...rest }
  for (const key of ['cover', 'thumbnail', 'viewport']) delete meta[key]
  if (UNNAMED.test(String(document.name ?? ''))) meta.name = found.name
  if (!document.description && found.description) meta.description = found.description
  for (const [key, value] of Object.entries(meta)) {
    if (READ_ONLY.has(key) || document[key] === value) continue
    operations.push({ op: 'meta.set', key, value })
  }
  session.store.edit(operations, { label: texts.importName(found.name), whole: true })
  showAll(session)
}

/** Insert what a file holds beside what is on the canvas, its top left corner at a place. */
export function insertHere(session: Session, { found, at }: PendingImport): void {
  const { nodes, edges } = found.document
  if (!nodes.length) return
  const fragment = { patchbay: 'nodes' as const, nodes, edges }
  const place = isFree(session, nodes, at) ? at : beside(session)
  insert(session, fragment, { at: place }, texts.importName(found.name), true)
  showAll(session, new Set(session.flow.state.getState().selected))
}

/** Make a workflow of its own of what a file holds, and open it. */
export async function openAlone(session: Session, found: Imported): Promise<void> {
  try {
    const { slug } = await workflowCreate(bodyOf(found))
    await session.leave(editorUrl(slug))
  } catch (error) {
    toast(errorMessage(error), { tone: 'bad' })
  }
}

/** Whether nodes put with their top left corner at a place would cover none that is there. */
function isFree(session: Session, nodes: readonly DocumentNode[], at: Point): boolean {
  const extent = (key: 'x' | 'y', more: number) => {
    const places = nodes.map(node => node.position[key])
    return Math.max(...places) - Math.min(...places) + more
  }
  const right = at.x + extent('x', CARD.width)
  const bottom = at.y + extent('y', CARD.height)
  return session.flow.state
    .getState()
    .nodes.every(
      ({ position, width = 0, height = 0 }) =>
        position.x > right ||
        position.y > bottom ||
        position.x + width < at.x ||
        position.y + height < at.y,
    )
}

/** Room for a card whose measures are not known before it is laid out, px. */
const CARD = { width: 340, height: 420 }

/** A place right of everything on the canvas. */
export function beside(session: Session): Point {
  const { nodes } = session.flow.state.getState()
  if (!nodes.length) return { x: 0, y: 0 }
  const right = Math.max(...nodes.map(node => node.position.x + (node.width ?? 0)))
  const top = Math.min(...nodes.map((node: { position: Point }) => node.position.y))
  return { x: right + ROOM, y: top }
}

const ROOM = 120 // px

/** Bring all nodes, or these, into view once their cards are laid out. */
function showAll(session: Session, ids?: ReadonlySet<string>): void {
  requestAnimationFrame(() => requestAnimationFrame(() => fit(session, ids)))
}
