/** Where much runs at once nothing marches: what moves is painted again every frame, and adds up. */
import { tally } from '../../runs/fold'
import type { RunStore } from '../../runs/store'

/** Up to so many running nodes have marching edges and sweeping bars. */
export const MARCHING = 8
const LOOK_MS = 150

/** Mark the canvas while more nodes run than may march; returns what ends it. */
export function keepCalm(runs: RunStore, element: HTMLElement): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const look = () => {
    timer = undefined
    const { running } = tally(runs.summary, runs.nodes)
    element.toggleAttribute('data-calm', running > MARCHING)
  }
  const stop = runs.subscribe(() => {
    timer ??= setTimeout(look, LOOK_MS)
  })
  look()
  return () => {
    stop()
    clearTimeout(timer)
  }
}
