/**
 * Deleting with time to think again: a deleted workflow is gone from the page at once, and from the
 * server when the offer to undo has passed or the page is left.
 */
import { createStore } from 'zustand/vanilla'

export interface Deleting {
  /** The workflows that wait to be deleted; the page leaves them out. */
  slugs: ReadonlySet<string>
}

interface Ways {
  /** Delete on the server; `leaving` when the page is about to go. */
  remove: (slug: string, leaving: boolean) => Promise<unknown>
  /** Called when the server has deleted it. */
  removed: (slug: string) => void | Promise<void>
  /** Called when the server would not; the workflow is shown again. */
  failed: (slug: string, error: unknown) => void
}

export class Deletions {
  readonly store = createStore<Deleting>(() => ({ slugs: new Set() }))
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>()

  constructor(
    private readonly ways: Ways,
    private readonly undoMs: number,
  ) {}

  /** Hide a workflow now and delete it when the time to undo is over. */
  begin(slug: string): void {
    if (this.timers.has(slug)) return
    this.timers.set(
      slug,
      setTimeout(() => void this.carryOut(slug), this.undoMs),
    )
    this.show({ hide: slug })
  }

  /** Bring it back, if it is not gone yet. */
  undo(slug: string): void {
    if (!this.forget(slug)) return
    this.show({ unhide: slug })
  }

  /** Delete at once whatever waits: the page is being left. */
  leave(): void {
    for (const slug of [...this.timers.keys()]) {
      this.forget(slug)
      void this.ways.remove(slug, true).catch(() => {
        // There is no page left to report to; the workflow is simply still there next time.
      })
    }
  }

  private async carryOut(slug: string): Promise<void> {
    this.forget(slug)
    try {
      await this.ways.remove(slug, false)
      await this.ways.removed(slug)
    } catch (error) {
      this.ways.failed(slug, error)
    }
    this.show({ unhide: slug })
  }

  private forget(slug: string): boolean {
    clearTimeout(this.timers.get(slug))
    return this.timers.delete(slug)
  }

  private show({ hide, unhide }: { hide?: string; unhide?: string }): void {
    const slugs = new Set(this.store.getState().slugs)
    if (hide) slugs.add(hide)
    if (unhide) slugs.delete(unhide)
    this.store.setState({ slugs })
  }
}
