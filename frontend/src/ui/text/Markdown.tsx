/** Markdown that another user has written, drawn safely: no HTML of theirs, links to the web alone. */
import { memo, type ReactNode } from 'react'
import css from './Markdown.module.css'
import { type Block, blocksOf, type Inline } from './markdownTree'

export const Markdown = memo(function Markdown({ text }: { text: string }) {
  return <div className={css.markdown}>{blocksOf(text).map(drawBlock)}</div>
})

function drawBlock(block: Block, key: number): ReactNode {
  switch (block.kind) {
    case 'heading': {
      // What it is in has a heading of its own.
      const Heading = HEADINGS[block.level - 1] ?? LOWEST
      return (
        <Heading key={key} data-level={block.level}>
          {block.parts.map(drawInline)}
        </Heading>
      )
    }
    case 'paragraph':
      return <p key={key}>{block.parts.map(drawInline)}</p>
    case 'code':
      return (
        <pre key={key}>
          <code>{block.text}</code>
        </pre>
      )
    case 'rule':
      return <hr key={key} />
    case 'quote':
      return <blockquote key={key}>{block.blocks.map(drawBlock)}</blockquote>
    case 'list': {
      const items = block.items.map(drawItem)
      return block.ordered ? (
        <ol key={key} start={block.start}>
          {items}
        </ol>
      ) : (
        <ul key={key}>{items}</ul>
      )
    }
  }
}

const HEADINGS = ['h4', 'h5'] as const
const LOWEST = 'h6'

// The text never changes in part: the place is its key.
function drawItem(item: readonly Block[], key: number): ReactNode {
  return <li key={key}>{item.map(drawBlock)}</li>
}

function drawInline(part: Inline, key: number): ReactNode {
  switch (part.kind) {
    case 'text':
      return part.text
    case 'code':
      return <code key={key}>{part.text}</code>
    case 'link':
      return (
        <a key={key} href={part.href} target="_blank" rel="noopener noreferrer nofollow">
          {part.parts.map(drawInline)}
        </a>
      )
    default: {
      const Tag = part.kind
      return <Tag key={key}>{part.parts.map(drawInline)}</Tag>
    }
  }
}
