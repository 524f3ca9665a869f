/** The name of a workflow: the link that opens it, or the field that renames it. */

import { useEffect, useRef } from 'react'
import type { WorkflowSummary } from '../../api/schema'
import { editorUrl } from '../../ui/workflows/queries'
import { texts } from '../texts'
import css from './CardName.module.css'

const MAX_LENGTH = 200

interface Props {
  row: WorkflowSummary
  renaming: boolean
  /** Called with the new name, or null when it stays as it is. */
  onDone: (name: string | null) => void
}

export function CardName({ row, renaming, onDone }: Props) {
  const link = useRef<HTMLAnchorElement>(null)
  const field = useRef<HTMLInputElement>(null)
  const renamed = useRef(false)

  useEffect(() => {
    if (renaming) field.current?.select()
    else if (renamed.current) link.current?.focus()
    renamed.current = renaming
  }, [renaming])

  if (!renaming) {
    return (
      <a
        ref={link}
        className={css.name}
        href={editorUrl(row.slug)}
        data-card
        draggable={false}
        title={row.name}
      >
        {row.name}
      </a>
    )
  }
  const finish = (typed: string) => {
    const name = typed.trim()
    onDone(name && name !== row.name ? name : null)
  }
  return (
    <input
      ref={field}
      className={css.field}
      defaultValue={row.name}
      maxLength={MAX_LENGTH}
      aria-label={texts.newNameOfName(row.name)}
      onBlur={event => finish(event.target.value)}
      onKeyDown={event => {
        event.stopPropagation()
        if (event.key === 'Enter') finish(event.currentTarget.value)
        if (event.key === 'Escape') onDone(null)
      }}
    />
  )
}
