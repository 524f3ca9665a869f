/** What is known of the apps that the nodes of an open workflow call: requested once each, together. */

import { createStore, type StoreApi } from 'zustand/vanilla'
import type { WorkflowDocument } from '../../api/document'
import { appsNamed } from '../../api/imports'
import type { App } from '../../api/schema'

/** As many as the server returns at once. */
const AT_ONCE = 50
/** A pause in which an id that is being typed is not requested at every character. */
const PAUSE_MS = 250

/** By id; null: nothing of that name runs here. Absent: not known yet. */
export type Known = ReadonlyMap<string, App | null>

export class Apps {
  readonly state: StoreApi<{ known: Known }> = createStore(() => ({ known: new Map() }))
  private readonly requested = new Set<string>()
  private waiting: string[] = []
  private timer: ReturnType<typeof setTimeout> | undefined

  get(id: unknown): App | null | undefined {
    return typeof id === 'string' ? this.state.getState().known.get(id.trim()) : undefined
  }

  /** Request these apps, unless they have been requested. */
  want(ids: Iterable<string>): void {
    for (const raw of ids) {
      const id = raw.trim()
      if (!id || this.requested.has(id)) continue
      this.requested.add(id)
      this.waiting.push(id)
    }
    if (!this.waiting.length || this.timer) return
    this.timer = setTimeout(() => void this.load(), PAUSE_MS)
  }

  /** Request the apps that the nodes of a document call. */
  follow(document: WorkflowDocument): void {
    this.want(
      document.nodes.flatMap(({ type, data }) =>
        type === 'falApp' && typeof data.app === 'string' ? [data.app] : [],
      ),
    )
  }

  private async load(): Promise<void> {
    const ids = this.waiting.splice(0, AT_ONCE)
    this.timer = undefined
    try {
      const rows = new Map((await appsNamed(ids)).map(app => [app.id, app]))
      const known = new Map(this.state.getState().known)
      for (const id of ids) known.set(id, rows.get(id) ?? null)
      this.state.setState({ known })
    } catch {
      // Without a response the entries that are given are shown all the same.
      for (const id of ids) this.requested.delete(id)
    }
    if (this.waiting.length) this.want([])
  }
}
