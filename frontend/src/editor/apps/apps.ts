/** What is known of the apps that the nodes of an open workflow call: asked once each, together. */

import { createStore, type StoreApi } from 'zustand/vanilla'
import type { WorkflowDocument } from '../../api/document'
import { appsNamed } from '../../api/imports'
import type { App } from '../../api/schema'

/** As many as the server answers at once. */
const AT_ONCE = 50
/** A pause in which an id that is being typed is not asked for letter by letter. */
const PAUSE_MS = 250

/** By id; null: nothing of that name runs here. Absent: not known yet. */
export type Known = ReadonlyMap<string, App | null>

export class Apps {
  readonly state: StoreApi<{ known: Known }> = createStore(() => ({ known: new Map() }))
  private readonly asked = new Set<string>()
  private waiting: string[] = []
  private timer: ReturnType<typeof setTimeout> | undefined

  get(id: unknown): App | null | undefined {
    return typeof id === 'string' ? this.state.getState().known.get(id.trim()) : undefined
  }

  /** Ask for these apps, unless they have been asked for. */
  want(ids: Iterable<string>): void {
    for (const raw of ids) {
      const id = raw.trim()
      if (!id || this.asked.has(id)) continue
      this.asked.add(id)
      this.waiting.push(id)
    }
    if (!this.waiting.length || this.timer) return
    this.timer = setTimeout(() => void this.ask(), PAUSE_MS)
  }

  /** Ask for the apps that the nodes of a document call. */
  follow(document: WorkflowDocument): void {
    this.want(
      document.nodes.flatMap(({ type, data }) =>
        type === 'falApp' && typeof data.app === 'string' ? [data.app] : [],
      ),
    )
  }

  private async ask(): Promise<void> {
    const ids = this.waiting.splice(0, AT_ONCE)
    this.timer = undefined
    try {
      const rows = new Map((await appsNamed(ids)).map(app => [app.id, app]))
      const known = new Map(this.state.getState().known)
      for (const id of ids) known.set(id, rows.get(id) ?? null)
      this.state.setState({ known })
    } catch {
      // Without a response the entries that are given are shown all the same.
      for (const id of ids) this.asked.delete(id)
    }
    if (this.waiting.length) this.want([])
  }
}
