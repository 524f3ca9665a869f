/** A preview of what a node would make of its present fields, while the user changes them. */
import { useEffect, useState } from 'react'
import type { NodeType } from '../../api/catalog'
import type { Media } from '../../api/media'
import { nodePreview } from '../../api/workflows'
import { nodesById } from '../../document/store'
import type { RunStore } from '../../runs/store'
import { useSession } from '../session'
import { canTryOut, tryOutOf } from './tryOut'

/** The fields that the results on cards are of, by the node; a card that comes into view again knows them. */
const settledFields = new WeakMap<RunStore, Map<string, { output: unknown; fields: string }>>()

function settledOf(runs: RunStore, id: string, fields: string): string {
  const known = settledFields.get(runs) ?? new Map()
  settledFields.set(runs, known)
  const { output } = runs.node(id)
  const before = known.get(id)
  if (before && before.output === output) return before.fields
  known.set(id, { output, fields })
  return fields
}

/** Wait until the browser can paint an image at once: the card must not flicker while one drags. */
async function decoded(url: string): Promise<void> {
  const image = new Image()
  image.src = url
  await image.decode()
}

/** The preview to show on a node's card; null for its own result. */
export function useTryOut(id: string, type: NodeType | undefined): Media | null {
  const { store, runs, catalog } = useSession()
  const [shown, setShown] = useState<Media | null>(null)
  useEffect(() => {
    if (!canTryOut(type) || !store.canEdit) return
    const request = () => {
      const { document } = store
      const node = nodesById(document).get(id)
      return node ? tryOutOf(document, node, catalog, source => runs.node(source).output) : null
    }
    let seen = nodesById(store.document).get(id)
    // What the card shows is of these fields, or they have not been changed yet.
    let settled = settledOf(runs, id, JSON.stringify(seen?.data))
    let requested = settled
    let busy = false
    let gone = false

    const preview = async (): Promise<void> => {
      const now = JSON.stringify(seen?.data)
      if (now === settled) return setShown(null)
      if (busy || now === requested) return
      const wanted = request()
      if (!wanted) return
      busy = true
      requested = now
      try {
        const media = await nodePreview(wanted)
        await decoded(media.url)
        if (!gone && now !== settled) setShown(media)
      } catch {
        // What prevents it is said by the run; the last result stays as it was.
        if (!gone) setShown(null)
      }
      busy = false
      if (!gone) await preview()
    }

    const stopEdits = store.state.subscribe(() => {
      const node = nodesById(store.document).get(id)
      if (node === seen) return
      seen = node
      void preview()
    })
    let output = runs.node(id).output
    const stopRun = runs.subscribeNode(id, () => {
      if (runs.node(id).output === output) return
      output = runs.node(id).output
      settled = settledOf(runs, id, JSON.stringify(seen?.data))
      setShown(null)
    })
    return () => {
      gone = true
      stopEdits()
      stopRun()
    }
  }, [id, type, store, runs, catalog])
  return shown
}
