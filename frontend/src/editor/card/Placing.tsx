/** On the preview of a node that places a box: the button that shows its handles, and the handles. */
import { Scan } from 'lucide-react'
import { useStore } from 'zustand'
import type { Media } from '../../api/media'
import { lazily } from '../../ui/shell/lazily'
import { useSession } from '../session'
import { texts } from '../texts'
import css from './Placing.module.css'

// Loaded with the first box that is placed by hand.
const Handles = lazily(async () => (await import('../handles/Handles')).Handles)

export function Placing({ id, result }: { id: string; result: Media | null }) {
  const { view } = useSession()
  const open = useStore(view, ({ handles }) => handles?.node === id && !handles.large)
  if (!open) {
    return (
      <button
        type="button"
        className={`${css.button} nodrag`}
        title={texts.adjustOnTheImage}
        aria-label={texts.adjustOnTheImage}
        onClick={() => view.setState({ handles: { node: id } })}
      >
        <Scan size={13} aria-hidden />
      </button>
    )
  }
  return (
    <div className={`${css.over} nodrag nowheel`}>
      <Handles id={id} result={result} />
    </div>
  )
}
