/** A text or JSON on the viewer's stage: readable, to scroll, select and copy. */
import { useMemo } from 'react'
import { LongText } from '../text/LongText'
import css from './TextStage.module.css'
import { texts } from './texts'

interface Props {
  text: string
  title: string
  /** It is the name of a file that has no view. */
  file?: boolean
}

/** Longer texts are not parsed for the sake of their looks. */
const MOST_PARSED = 500_000

export function TextStage({ text, title, file }: Props) {
  const json = useMemo(() => asJson(text), [text])
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls it
    <section className={css.stage} data-stage tabIndex={0} aria-label={texts.show(1, title)}>
      <LongText text={json ?? text} className={json ? css.json : file ? css.file : css.text} />
    </section>
  )
}

function asJson(text: string): string | null {
  if (text.length > MOST_PARSED || !/^\s*[[{]/.test(text)) return null
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return null
  }
}
