/** Handles at the size of the window: the box of a node, or the mask that it takes. */
import { useStore } from 'zustand'
import { nodesById } from '../../document/store'
import { Dialog } from '../../ui/controls/Dialog'
import { useStale } from '../run/hooks'
import { useTryOut } from '../run/useTryOut'
import { useSession } from '../session'
import { Handles } from './Handles'
import { MaskEditor } from './MaskEditor'
import { useShown } from './shown'
import { texts } from './texts'
import type { PlacedType } from './types'

export function HandlesDialog({ id, mask }: { id: string; mask: boolean }) {
  const session = useSession()
  const { store, view } = session
  const node = useStore(store.state, state => nodesById(state.document).get(id))
  const type = node && session.catalog.get(node.type)
  const tried = useTryOut(id, type)
  const stale = useStale(id)
  const result = useShown(id, type)
  const close = () => view.setState({ handles: null })
  if (!node) return null
  const what = mask ? texts.mask : texts.kinds[node.type as PlacedType]
  return (
    <Dialog full title={texts.dialog(session.titleOf(id), what)} onClose={close}>
      {mask ? (
        <MaskEditor id={id} onClose={close} />
      ) : (
        <Handles id={id} result={tried ?? (stale ? null : result)} large />
      )}
    </Dialog>
  )
}
