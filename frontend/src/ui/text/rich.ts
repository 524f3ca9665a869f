/** Sentences with elements in them: the text marks a part by a tag, the page says what it becomes. */
import { createElement, Fragment, type ReactNode } from 'react'

/** `rich('See <docs>the docs</docs>.', { docs: words => <a href="/docs">{words}</a> })`. */
export function rich(
  text: string,
  tags: Readonly<Record<string, (words: string) => ReactNode>>,
): ReactNode {
  // What is split off is a plain part, the name of a tag, and the words in it, over and over.
  const parts = text.split(/<(\w+)>(.*?)<\/\1>/)
  return parts.map((part, i) => {
    if (i % 3 === 2) return null
    const words = parts[i + 1] ?? ''
    const shown = i % 3 ? (tags[part]?.(words) ?? words) : part
    return createElement(Fragment, { key: `${i} ${part}` }, shown)
  })
}
