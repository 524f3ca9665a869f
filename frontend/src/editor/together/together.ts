/** Several users at one workflow: follows the log over the socket and shows what edits have lost. */
import type { Change, DocumentNode, Operation } from '../../api/document'
import type { Taken } from '../../document/sync'
import { toast } from '../../lib/toasts'
import type { Session } from '../session'
import { Losses, lostNode } from './lost'
import type { Member } from './members'
import { presence } from './presence'
import { texts } from './texts'

/** How long after an edit it is sent while others watch, ms. */
const LIVE_MS = 80
const REMOVALS = 50

interface Frame {
  type?: string
  workflow?: string
  changes?: Change[]
  code?: string
  seq?: number
  read?: number
  members?: Record<string, Member | null>
}

/** Begin to follow the workflow of a session. */
export function together(session: Session): () => void {
  const { sync, slug, runner, view } = session
  const losses = new Losses()
  const others = presence(session)
  /** By node: the change that has removed it, and the document before. */
  const removed = new Map<string, Taken>()
  const lose = (lost: ReturnType<Losses['take']>) => {
    if (!lost.length) return
    const keys = new Set(lost.map(({ key }) => key))
    view.setState(({ lost: before }) => ({
      lost: [...before.filter(({ key }) => !keys.has(key)), ...lost].slice(-20),
    }))
  }
  sync.onTaken = taken => {
    if (!taken.own) sync.idle = LIVE_MS
    for (const operation of taken.change.operations) {
      if (operation.op !== 'node.remove') continue
      removed.set(operation.id, taken)
      if (removed.size > REMOVALS) removed.delete(removed.keys().next().value ?? '')
    }
    lose(losses.take(taken))
  }
  session.onDropped = operations => {
    const rest: Operation[] = []
    const edits = new Map<DocumentNode, { taken: Taken; edits: Operation[] }>()
    for (const operation of operations) {
      const ids =
        operation.op === 'edge.add'
          ? [operation.edge.source, operation.edge.target]
          : 'id' in operation
            ? [operation.id]
            : []
      const taken = ids.map(id => removed.get(id)).find(Boolean)
      const node = taken?.before.nodes.find(({ id }) => ids.includes(id))
      if (!taken || !node) {
        rest.push(operation)
        continue
      }
      const known = edits.get(node) ?? { taken, edits: [] }
      known.edits.push(operation)
      edits.set(node, known)
    }
    lose(
      [...edits].map(([node, { taken, edits }]) =>
        lostNode(node, taken.change, taken.before, edits),
      ),
    )
    return rest
  }
  runner.socket.join(
    () => {
      others.forget()
      return { edit: slug, after: sync.at }
    },
    message => {
      const frame = message as Frame
      if (frame.code === 'WORKFLOW_NOT_FOUND') toast(texts.noAccess, { tone: 'bad' })
      if (frame.workflow !== slug) return
      if (frame.type === 'changes') void sync.hear(frame.changes ?? [])
      if (frame.type === 'missed') {
        void sync.catchUp().then(() => runner.socket.hello())
      }
      if (frame.type === 'comments') {
        // Where their code cannot be loaded, the next one tries again.
        import('../comments/store').then(
          ({ hear }) => void hear(session, frame.seq ?? 0, frame.read ?? 0),
          () => undefined,
        )
      }
      if (frame.type === 'presence') others.hear(frame.members ?? {})
      if (frame.type === 'deleted') toast(texts.deleted, { tone: 'bad' })
    },
  )
  return others.stop
}
