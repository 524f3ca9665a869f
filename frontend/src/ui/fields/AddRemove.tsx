/** Adds a handle to a field that has several of them, or removes the chosen one, by a press alone. */
import { Minus, Plus } from 'lucide-react'
import css from './fields.module.css'

interface Props {
  words: { add: string; addHint: string; remove: string; removeHint: string }
  canAdd: boolean
  canRemove: boolean
  onAdd: () => void
  onRemove: () => void
}

export function AddRemove({ words, canAdd, canRemove, onAdd, onRemove }: Props) {
  return (
    <>
      <button
        type="button"
        className={css.reset}
        disabled={!canAdd}
        title={words.addHint}
        onClick={onAdd}
      >
        <Plus size={13} aria-hidden />
        {words.add}
      </button>
      <button
        type="button"
        className={css.reset}
        disabled={!canRemove}
        title={words.removeHint}
        onClick={onRemove}
      >
        <Minus size={13} aria-hidden />
        {words.remove}
      </button>
    </>
  )
}
