/** A modal dialog on the browser's own element, which traps focus and closes on Escape. */
import { X } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { Button } from './Button'
import css from './Dialog.module.css'

export function Dialog(props: { title: string; onClose: () => void; children: ReactNode }) {
  const ref = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const dialog = ref.current
    if (dialog && !dialog.open) dialog.showModal()
  }, [])
  return (
    <dialog
      ref={ref}
      className={css.dialog}
      aria-label={props.title}
      onClose={props.onClose}
      onPointerDown={event => event.target === ref.current && ref.current?.close()}
    >
      <div className={css.body}>
        <header className={css.head}>
          <h2>{props.title}</h2>
          <Button
            tone="ghost"
            label="Close"
            icon={<X size={16} />}
            onClick={() => ref.current?.close()}
          />
        </header>
        {props.children}
      </div>
    </dialog>
  )
}
