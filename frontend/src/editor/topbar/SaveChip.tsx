/** Whether everything is saved, in words; after a failure the reason and a way to try again. */
import { useStore } from 'zustand'
import { useSession } from '../session'
import { texts } from '../texts'
import css from './SaveChip.module.css'

export function SaveChip() {
  const { store, sync } = useSession()
  const save = useStore(store.state, state => state.save)
  if (!store.canEdit) return null
  const words = {
    saved: texts.saved,
    saving: texts.saving,
    offline: texts.offlineChangesStored(save.count),
    failed: texts.notSaved,
  }[save.state]
  const trouble = save.state === 'offline' || save.state === 'failed'
  return (
    <span className={css.chip} data-state={save.state} role="status" title={save.message}>
      <i aria-hidden="true" />
      <span className={css.words}>{words}</span>
      {save.state === 'failed' && <span className={css.reason}>{save.message}</span>}
      {trouble && (
        <button type="button" onClick={() => void sync.retry()}>
          {texts.retry}
        </button>
      )}
    </span>
  )
}
