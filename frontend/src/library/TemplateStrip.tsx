/** The templates to start from; one click makes a copy and opens it. */
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { sentence } from '../api/client'
import { toast } from '../ui/toasts'
import { editorAddress, workflowDuplicate } from './queries'
import { TemplateCard } from './TemplateCard'
import css from './TemplateStrip.module.css'
import type { WorkflowSummary } from './types'

/** How many fit into the strip before it offers to show all. */
const FIRST = 4

export function TemplateStrip({ rows, big }: { rows: WorkflowSummary[]; big: boolean }) {
  const [all, setAll] = useState(false)
  const copy = useMutation({
    mutationFn: workflowDuplicate,
    onSuccess: ({ slug }) => location.assign(editorAddress(slug)),
    onError: error => toast(sentence(error), { tone: 'bad' }),
  })
  const seen = all || big ? rows : rows.slice(0, FIRST)
  return (
    <section className={css.section} aria-labelledby="templates">
      <div className={css.head}>
        <h2 id="templates">Start from a template</h2>
        {!big && rows.length > FIRST && (
          <button type="button" className={css.all} onClick={() => setAll(!all)}>
            {all ? 'Show fewer' : `All ${rows.length}`}
          </button>
        )}
      </div>
      <ul className={css.strip} data-big={big || undefined} data-all={all || undefined}>
        {seen.map(row => (
          <TemplateCard
            key={row.slug}
            row={row}
            busy={!copy.isError && copy.variables === row.slug}
            disabled={copy.isPending || copy.isSuccess}
            onUse={() => copy.mutate(row.slug)}
          />
        ))}
      </ul>
    </section>
  )
}
