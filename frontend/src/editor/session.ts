/** Everything one open editor consists of, put together; components reach it by `useSession`. */

import type { ReactFlowInstance } from '@xyflow/react'
import { createContext, useContext } from 'react'
import type { Catalogue } from '../api/catalog'
import type { Operation } from '../api/document'
import type { ExecutionWorkflow, Workflow } from '../api/schema'
import { Catalog } from '../catalog/catalog'
import { ownTitle } from '../catalog/title'
import { modeOf, pinnedOf } from '../document/modes'
import { openOutbox } from '../document/outbox'
import { DocumentStore } from '../document/store'
import { Sync } from '../document/sync'
import { changesTransport } from '../document/transport'
import { followed } from '../lib/links'
import { toast } from '../lib/toasts'
import { Runner } from '../runs/runner'
import { RunStore } from '../runs/store'
import { Apps } from './apps/apps'
import { focusNode } from './canvas/viewport'
import { type CanvasEdge, type CardNode, Flow } from './flow/flow'
import { Motion } from './flow/motion'
import { texts } from './texts'
import { createView } from './view'

/** How long a page that is left waits for its edits to be saved, ms. */
const LEAVE_MS = 3000

export class Session {
  readonly slug: string
  readonly appId: string
  /** Whether the workflow is one's own, also where it is only viewed. */
  readonly owns: boolean
  /** Whether the user may run it here: who may edit, and who it is shared with to run. */
  readonly canRun: boolean
  /** What one may do here; null in a template of another user. */
  readonly role: Workflow['role']
  /** Whose workflow it is, where it is shared with this user. */
  readonly sharedBy: string | null
  readonly catalog: Catalog
  readonly store: DocumentStore
  readonly sync: Sync
  readonly flow: Flow
  readonly runs = new RunStore()
  readonly runner: Runner
  readonly view = createView()
  readonly motion = new Motion()
  /** What is known of the apps that nodes call. */
  readonly apps = new Apps()
  /** React Flow's instance, from the moment the canvas is there. */
  rf: ReactFlowInstance<CardNode, CanvasEdge> | null = null
  /** Takes the edits that lost their target and can be had back; returns the others. */
  onDropped: (operations: Operation[]) => Operation[] = operations => operations
  private readonly stop: (() => void)[] = []

  /** With `past` the editor shows the graph and results of that run, to view. */
  constructor(
    workflow: Workflow,
    served: Catalogue,
    readonly past: ExecutionWorkflow | null = null,
  ) {
    const { version, epoch, canEdit, ...current } = workflow
    const document = past ? { ...current, nodes: past.nodes, edges: past.edges } : current
    this.owns = canEdit !== false
    this.canRun = !past && (this.owns || workflow.role === 'run')
    this.role = workflow.role
    this.sharedBy = workflow.sharedBy
    this.slug = workflow.slug
    this.appId = workflow.appId
    this.catalog = new Catalog(served)
    this.store = new DocumentStore(document, this.owns && !past)
    this.flow = new Flow(this.catalog, id => this.apps.get(id))
    this.sync = new Sync(
      document,
      version,
      changesTransport(this.slug),
      openOutbox(this.slug),
      {
        document: changed => this.store.show(changed),
        status: save => this.store.state.setState({ save }),
        dropped: (all, reason) => {
          const operations = this.onDropped(all)
          if (!operations.length) return
          toast(texts.editsNotSaved(operations.length, reason), { tone: 'bad' })
        },
      },
      epoch,
    )
    this.store.sync = this.sync
    this.store.history.hasOlder = true
    this.store.older = async () => {
      const { extendHistory } = await import('../document/steps')
      await extendHistory(this.store.history, this.slug)
    }
    this.store.onSkipped = count => toast(texts.partsAreGone(count))
    this.runner = new Runner(this)
    this.flow.update(document)
  }

  /** The title a user sees on a node. */
  titleOf(id: string): string {
    const node = this.store.node(id)
    if (!node) return texts.aDeletedNode
    return ownTitle(node) || this.catalog.get(node.type)?.name || node.type
  }

  /** The run that made a node's result, where it is the one that is shown. */
  runOf(id: string): string | null {
    const { summary } = this.runs
    return this.past?.executionId ?? (summary.nodes.includes(id) ? summary.id : null)
  }

  /** Bring a node into view. */
  focus(node: string): void {
    focusNode(this, this.flow.shownAs(node))
  }

  /** Show what pinned nodes hold as their results. */
  private hold(): void {
    const held = this.store.document.nodes.flatMap(node => {
      const outputs = 'pinned' in node && !modeOf(node) ? pinnedOf(node, this.catalog) : null
      return outputs ? [[node.id, outputs] as const] : []
    })
    this.runs.hold(new Map(held))
  }

  /** Open another page once the edits here are saved; what cannot be sent waits in the outbox. */
  async leave(url: string): Promise<void> {
    const enough = new Promise(resolve => setTimeout(resolve, LEAVE_MS))
    await Promise.race([this.sync.flush(), enough])
    location.assign(url)
  }

  /** Begin to listen and save. Returns how to stop. */
  start(): () => void {
    this.apps.follow(this.store.document)
    this.hold()
    this.stop.push(
      this.store.state.subscribe((state, before) => {
        this.flow.update(state.document)
        if (state.document.nodes !== before.document.nodes) this.hold()
        this.apps.follow(state.document)
      }),
      this.apps.state.subscribe(() => this.flow.update(this.store.document, true)),
    )
    if (this.store.canEdit) void this.sync.start().then(() => this.store.readOlder())
    const gone = () => void this.sync.flush(true)
    const hidden = () => document.visibilityState === 'hidden' && gone()
    const follow = (event: MouseEvent) => {
      const url = this.sync.pending ? followed(event) : null
      if (url === null) return
      event.preventDefault()
      void this.leave(url)
    }
    const blur = () => void this.sync.flush()
    const focus = () => this.store.canEdit && void this.sync.refresh()
    const online = () => this.sync.pending > 0 && void this.sync.retry()
    window.addEventListener('pagehide', gone)
    window.addEventListener('blur', blur)
    window.addEventListener('online', online)
    window.addEventListener('focus', focus)
    document.addEventListener('visibilitychange', hidden)
    document.addEventListener('click', follow)
    this.stop.push(() => {
      window.removeEventListener('pagehide', gone)
      window.removeEventListener('blur', blur)
      window.removeEventListener('online', online)
      window.removeEventListener('focus', focus)
      document.removeEventListener('visibilitychange', hidden)
      document.removeEventListener('click', follow)
    })
    this.stop.push(this.runner.start(this.past?.executionId))
    return () => {
      for (const stop of this.stop.splice(0)) stop()
    }
  }
}

export const SessionContext = createContext<Session | null>(null)

/** The editor this component is part of. */
export function useSession(): Session {
  const session = useContext(SessionContext)
  if (!session) throw new Error('useSession is called outside an editor')
  return session
}
