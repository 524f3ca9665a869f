/** What a template does, step by step, as a row of the names of its nodes. */
import { useQuery } from '@tanstack/react-query'
import { ArrowRight } from 'lucide-react'
import { catalogGet, workflowGet } from '../api/workflows'
import { Catalog } from '../catalog/catalog'
import css from './Steps.module.css'
import { stepsOf } from './steps'
import { texts } from './texts'

const STEPS_SHOWN = 12

export function Steps({ slug, nodes }: { slug: string; nodes: number }) {
  const catalog = useQuery({ queryKey: ['nodes'], queryFn: catalogGet })
  const document = useQuery({ queryKey: ['workflow', slug], queryFn: () => workflowGet(slug) })
  const steps =
    catalog.data && document.data ? stepsOf(document.data, new Catalog(catalog.data)) : undefined
  const more = (steps?.length ?? 0) - STEPS_SHOWN
  return (
    <p className={css.steps}>
      {steps === undefined && texts.nodes(nodes)}
      {steps?.slice(0, STEPS_SHOWN).map((step, i) => (
        <span key={step} className={css.step}>
          {i > 0 && <ArrowRight role="img" aria-label={texts.nextStep} size={13} />}
          <span>{step}</span>
        </span>
      ))}
      {more > 0 && <em>{texts.andMore(more)}</em>}
    </p>
  )
}
