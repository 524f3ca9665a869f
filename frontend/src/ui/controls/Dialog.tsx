/**
 * A modal dialog on the browser's own element, which traps focus and closes on Escape. The focus
 * begins at what is marked `data-autofocus`.
 */
import { X } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { texts } from '../texts'
import { Button } from './Button'
import css from './Dialog.module.css'

interface Props {
  title: string
  onClose: () => void
  children: ReactNode
  /** For what needs the room, such as code. */
  wide?: boolean
  /** For what is a page of its own: takes the window. */
  full?: boolean
  /** Beside what it is about, at the right edge of the window. */
  side?: boolean
  /** Closed by its own buttons alone: holds what is shown only once. */
  notDismissible?: boolean
}

export function Dialog(props: Props) {
  const ref = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const dialog = ref.current
    if (!dialog || dialog.open) return
    dialog.showModal()
    // The browser would take the Close button, which is never what a user came for.
    dialog.querySelector<HTMLElement>('[data-autofocus]')?.focus()
  }, [])
  return (
    <dialog
      ref={ref}
      className={css.dialog}
      data-wide={props.wide || undefined}
      data-full={props.full || undefined}
      data-side={props.side || undefined}
      aria-label={props.title}
      onClose={props.onClose}
      onCancel={event => props.notDismissible && event.preventDefault()}
      onKeyDown={event => props.notDismissible && event.key === 'Escape' && event.preventDefault()}
      onPointerDown={event =>
        !props.notDismissible && event.target === ref.current && ref.current?.close()
      }
    >
      <div className={css.body}>
        <header className={css.head}>
          <h2>{props.title}</h2>
          {!props.notDismissible && (
            <Button
              tone="ghost"
              label={texts.close}
              icon={<X size={16} />}
              onClick={() => ref.current?.close()}
            />
          )}
        </header>
        {props.children}
      </div>
    </dialog>
  )
}
