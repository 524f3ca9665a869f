/** The templates to start from; one click makes a copy and opens it. */

import { useMutation } from '@tanstack/react-query'
import type { WorkflowSummary } from '../../api/schema'
import { errorMessage } from '../../lib/errors'
import { toast } from '../../lib/toasts'
import { editorUrl, workflowDuplicate } from '../../ui/workflows/queries'
import { texts } from '../texts'
import { TemplateCard } from './TemplateCard'
import css from './TemplateStrip.module.css'

/** How many fit into the strip, and into a library with nothing else; the gallery has the others. */
const FIRST = 4
const FIRST_BIG = 12
/** What shows in a minute what this is for, and needs nothing. */
const TO_BEGIN_WITH = ['sticker', 'product-shot', 'poster', 'slideshow', 'meme']
const rank = ({ slug }: WorkflowSummary) => {
  const place = TO_BEGIN_WITH.indexOf(slug)
  return place < 0 ? TO_BEGIN_WITH.length : place
}

export function TemplateStrip({ rows, big }: { rows: WorkflowSummary[]; big: boolean }) {
  const copy = useMutation({
    mutationFn: (slug: string) => workflowDuplicate(slug),
    onSuccess: ({ slug }) => location.assign(editorUrl(slug)),
    onError: error => toast(errorMessage(error), { tone: 'bad' }),
  })
  const seen = [...rows].sort((a, b) => rank(a) - rank(b)).slice(0, big ? FIRST_BIG : FIRST)
  return (
    <section className={css.section} aria-labelledby="templates">
      <div className={css.head}>
        <h2 id="templates">{texts.startFromATemplate}</h2>
        <a className={css.all} href="/templates">
          {texts.allTemplates(rows.length)}
        </a>
      </div>
      <ul className={css.strip} data-big={big || undefined}>
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
