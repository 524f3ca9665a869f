/** Shows passing messages above the run bar, and reads them out. */
import { X } from 'lucide-react'
import { useStore } from 'zustand'
import { dismiss, toasts } from '../../lib/toasts'
import { texts } from '../texts'
import css from './Toasts.module.css'

export function Toasts() {
  const list = useStore(toasts, state => state.list)
  return (
    <div className={css.list} role="status" aria-live="polite">
      {list.map(message => (
        <div key={message.id} className={css.toast} data-tone={message.tone}>
          <span>{message.text}</span>
          {message.action && (
            <button
              type="button"
              className={css.action}
              onClick={() => {
                dismiss(message.id)
                message.action?.run()
              }}
            >
              {message.action.label}
            </button>
          )}
          <button type="button" aria-label={texts.dismiss} onClick={() => dismiss(message.id)}>
            <X size={14} />
          </button>
        </div>
      ))}
    </div>
  )
}
