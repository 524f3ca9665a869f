/** Whether everything is saved, in words; after a failure the reason and a way to try again. */
import { useStore } from 'zustand'
import { count } from '../../lib/format'
import { useSession } from '../session'
import css from './SaveChip.module.css'

export function SaveChip() {
  const { store, sync } = useSession()
  const save = useStore(store.state, state => state.save)
  if (!store.canEdit) return null
  const words = {
    saved: 'Saved',
    saving: 'Saving…',
    offline: `Offline, ${count(save.count, 'change')} stored`,
    failed: 'Not saved',
  }[save.state]
  const trouble = save.state === 'offline' || save.state === 'failed'
  return (
    <span className={css.chip} data-state={save.state} role="status" title={save.message}>
      <i aria-hidden="true" />
      <span className={css.words}>{words}</span>
      {save.state === 'failed' && <span className={css.reason}>{save.message}</span>}
      {trouble && (
        <button type="button" onClick={() => void sync.retry()}>
          Retry
        </button>
      )}
    </span>
  )
}
