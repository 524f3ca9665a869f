/** The title of a card while it is being written. */
import { useState } from 'react'
import { texts } from '../texts'
import css from './CardHeader.module.css'

export function TitleInput({ title, onDone }: { title: string; onDone: (text: string) => void }) {
  const [text, setText] = useState(title)
  return (
    <input
      // biome-ignore lint/a11y/noAutofocus: the user has just chosen to type here
      autoFocus
      className={`${css.input} nodrag`}
      aria-label={texts.titleOfThisNode}
      value={text}
      onFocus={event => event.target.select()}
      onChange={event => setText(event.target.value)}
      onBlur={() => onDone(text)}
      onKeyDown={event => {
        event.stopPropagation()
        if (event.key === 'Enter') onDone(text)
        if (event.key === 'Escape') onDone(title)
      }}
    />
  )
}
