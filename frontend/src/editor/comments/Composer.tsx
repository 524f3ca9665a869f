/** Where a comment is written: plain text, with the names of users completed after an @. */
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import type { CommentMember } from '../../api/schema'
import { errorMessage } from '../../lib/errors'
import { Button } from '../../ui/controls/Button'
import css from './Comments.module.css'
import { bytesOf, complete, MAX_BYTES, matching, queryAt } from './mentions'
import { texts } from './texts'

interface Props {
  label: string
  hint?: string
  members: readonly CommentMember[]
  /** What it begins with, and where what is not sent yet is kept. */
  text: string
  onText?: (text: string) => void
  action: string
  focus?: boolean
  onSend: (text: string) => Promise<unknown>
  onCancel?: () => void
}

export function Composer(props: Props) {
  const { label, hint, members, onText, action, focus, onSend, onCancel } = props
  const [text, setText] = useState(props.text)
  const [caret, setCaret] = useState<number | null>(null)
  const [at, setAt] = useState(0)
  const [state, setState] = useState<{ busy: boolean; error: string }>({ busy: false, error: '' })
  const box = useRef<HTMLTextAreaElement>(null)
  const list = useId()
  const query = caret === null ? null : queryAt(text, caret)
  const found = query === null ? [] : matching(members, query)
  const chosen = found[Math.min(at, found.length - 1)]
  const bytes = bytesOf(text.trim())
  const error = bytes > MAX_BYTES ? texts.tooLong(bytes, MAX_BYTES) : state.error

  useEffect(() => {
    if (focus) box.current?.focus({ preventScroll: true })
  }, [focus])
  const write = (next: string, place: number | null) => {
    setText(next)
    onText?.(next)
    setCaret(place)
    setAt(0)
  }
  const use = (user: string) => {
    const [next, place] = complete(text, caret ?? text.length, user)
    write(next, null)
    requestAnimationFrame(() => {
      box.current?.focus()
      box.current?.setSelectionRange(place, place)
    })
  }
  const send = async () => {
    if (!bytes || bytes > MAX_BYTES || state.busy) return
    setState({ busy: true, error: '' })
    try {
      await onSend(text.trim())
      write('', null)
      setState({ busy: false, error: '' })
    } catch (error) {
      setState({ busy: false, error: errorMessage(error) })
    }
  }
  const keys = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    const take = event.key === 'Enter' || event.key === 'Tab'
    // Enter ends what an input method is composing.
    if (event.nativeEvent.isComposing) return
    if (chosen && step) setAt((at + step + found.length) % found.length)
    else if (chosen && take && !event.shiftKey) use(chosen.user)
    else if (chosen && event.key === 'Escape') setCaret(null)
    else if (event.key === 'Enter' && !event.shiftKey) void send()
    else if (event.key === 'Escape' && onCancel) onCancel()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div className={css.composer}>
      <textarea
        ref={box}
        aria-label={label}
        aria-invalid={error !== '' || undefined}
        aria-describedby={`${list}e`}
        aria-autocomplete="list"
        aria-controls={chosen ? list : undefined}
        aria-activedescendant={chosen && `${list}${chosen.id}`}
        placeholder={hint}
        rows={Math.min(6, text.split('\n').length)}
        value={text}
        onChange={event => write(event.target.value, event.target.selectionStart)}
        onSelect={event => {
          if (query !== null) setCaret(event.currentTarget.selectionStart)
        }}
        onBlur={() => setCaret(null)}
        onKeyDown={keys}
      />
      {chosen && (
        <div id={list} role="listbox" aria-label={texts.users} className={css.users}>
          {found.map(({ id, user, name }) => (
            // biome-ignore lint/a11y/useFocusableInteractive: the keyboard is in the field
            <div
              key={id}
              id={`${list}${id}`}
              role="option"
              aria-selected={id === chosen.id}
              // Before the field loses the focus.
              onPointerDown={event => {
                event.preventDefault()
                use(user)
              }}
            >
              {name} {name !== user && <small>@{user}</small>}
            </div>
          ))}
        </div>
      )}
      <p id={`${list}e`} className={css.problem} role="status">
        {error}
      </p>
      <div className={css.buttons}>
        {onCancel && <Button onClick={onCancel}>{texts.cancel}</Button>}
        <Button
          tone="primary"
          disabled={!bytes || bytes > MAX_BYTES || state.busy}
          onClick={() => void send()}
        >
          {action}
        </Button>
      </div>
    </div>
  )
}
