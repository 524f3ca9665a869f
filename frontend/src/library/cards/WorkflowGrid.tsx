/** One's workflows as cards; the arrow keys move between them. */

import { type KeyboardEvent, useRef } from 'react'
import type { WorkflowSummary } from '../../api/schema'
import { useLibrary } from '../LibraryContext'
import { neighbour } from './keys'
import { WorkflowCard } from './WorkflowCard'
import css from './WorkflowGrid.module.css'

export function WorkflowGrid({ rows }: { rows: WorkflowSummary[] }) {
  const selecting = useLibrary().selected.size > 0
  const list = useRef<HTMLUListElement>(null)

  const move = (event: KeyboardEvent) => {
    const links = [...(list.current?.querySelectorAll<HTMLElement>('[data-card]') ?? [])]
    const from = links.indexOf(event.target as HTMLElement)
    if (from < 0) return
    const boxes = links.map(link => (link.closest('li') as HTMLElement).getBoundingClientRect())
    const to = neighbour(boxes, from, event.key)
    if (to === null) return
    event.preventDefault()
    links[to]?.focus()
  }

  return (
    <ul ref={list} className={css.grid} data-selecting={selecting || undefined} onKeyDown={move}>
      {rows.map(row => (
        <WorkflowCard key={row.slug} row={row} />
      ))}
    </ul>
  )
}
