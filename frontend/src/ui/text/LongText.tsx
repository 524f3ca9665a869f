/**
 * A text of any length: its beginning, and more when the user wants more. Megabytes never enter the page,
 * which would stand still for seconds; they can be downloaded.
 */
import { useState } from 'react'
import { texts } from '../texts'
import css from './LongText.module.css'

/** How much is shown at first, and how much at most, in characters. */
const FIRST = 10_000
const MOST = 200_000

interface Props {
  text: string
  className?: string | undefined
  /** Whether the keyboard can reach it, to scroll. */
  focusable?: boolean
}

export function LongText({ text, className, focusable }: Props) {
  const [all, setAll] = useState(false)
  const shown = all ? MOST : FIRST
  const rest = text.length > shown
  return (
    <pre className={className} tabIndex={focusable ? 0 : undefined}>
      {rest ? `${text.slice(0, shown)}…` : text}
      {rest && (
        <span className={css.more}>
          <small>{texts.charactersShown(shown, text.length)}</small>
          {!all && (
            <button type="button" onClick={() => setAll(true)}>
              {text.length > MOST ? texts.showMore : texts.showAll}
            </button>
          )}
          <button type="button" onClick={() => download(text)}>
            {texts.download}
          </button>
        </span>
      )}
    </pre>
  )
}

function download(text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
  const link = document.createElement('a')
  link.href = url
  link.download = 'result.txt'
  link.click()
  // The browser takes the file after this turn of its loop.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
