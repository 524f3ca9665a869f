/** One template in the gallery: what it makes, how it does it, and the click that copies it. */

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { ArrowRight, CopyPlus, LoaderCircle } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { WorkflowSummary } from '../api/schema'
import { catalogGet, workflowGet } from '../api/workflows'
import { Catalog } from '../catalog/catalog'
import { errorMessage } from '../lib/errors'
import { toast } from '../lib/toasts'
import { Button } from '../ui/controls/Button'
import { Cover } from '../ui/media/Cover'
import { chosenPicture } from '../ui/media/picture'
import { editorAddress, workflowChange } from '../ui/workflows/queries'
import css from './GalleryCard.module.css'
import { stepsOf } from './steps'
import { texts } from './texts'

const STEPS_SHOWN = 6

interface Props {
  row: WorkflowSummary
  /** One of one's own, which one may withdraw. */
  mine: boolean
  busy: boolean
  disabled: boolean
  onUse: () => void
}

export function GalleryCard({ row, mine, busy, disabled, onUse }: Props) {
  const client = useQueryClient()
  const publish = (isTemplate: boolean): Promise<unknown> =>
    workflowChange(client, row.slug, { isTemplate })
      .then(() => {
        if (isTemplate) return
        toast(texts.isNoLongerATemplate(row.name), {
          action: { label: texts.undo, run: () => void publish(true) },
        })
      })
      .catch((error: unknown) => toast(errorMessage(error), { tone: 'bad' }))
  return (
    <li className={css.card}>
      <Cover address={chosenPicture(row)} width={960} className={css.picture} />
      <div className={css.body}>
        <h2 className={css.name}>
          {row.name}
          {mine && <em>{texts.yours}</em>}
        </h2>
        {row.description && <p className={css.what}>{row.description}</p>}
        <Steps slug={row.slug} nodes={row.nodeCount} />
        {row.tags.length > 0 && <p className={css.tags}>{row.tags.join(' · ')}</p>}
        <div className={css.buttons}>
          <Button
            tone="primary"
            aria-label={busy ? undefined : texts.toUseTheTemplateName(row.name)}
            disabled={disabled}
            onClick={onUse}
            icon={
              busy ? (
                <LoaderCircle aria-hidden size={16} className={css.turning} />
              ) : (
                <CopyPlus aria-hidden size={16} />
              )
            }
          >
            {busy ? texts.copying : texts.useTheTemplate}
          </Button>
          <a
            className={css.look}
            href={editorAddress(row.slug)}
            aria-label={mine ? texts.editName(row.name) : texts.lookInsideName(row.name)}
          >
            {mine ? texts.edit : texts.lookInside}
          </a>
          {mine && (
            <Button
              tone="ghost"
              aria-label={texts.unpublishName(row.name)}
              onClick={() => void publish(false)}
            >
              {texts.unpublish}
            </Button>
          )}
        </div>
      </div>
    </li>
  )
}

/** The steps in words, asked for when the card comes into sight. */
function Steps({ slug, nodes }: { slug: string; nodes: number }) {
  const box = useRef<HTMLParagraphElement>(null)
  const [seen, setSeen] = useState(false)
  useEffect(() => {
    const element = box.current
    if (!element || seen) return
    const observer = new IntersectionObserver(
      entries => entries.some(entry => entry.isIntersecting) && setSeen(true),
      { rootMargin: '300px' },
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [seen])
  const catalog = useQuery({ queryKey: ['nodes'], queryFn: catalogGet, enabled: seen })
  const document = useQuery({
    queryKey: ['workflow', slug],
    queryFn: () => workflowGet(slug),
    enabled: seen,
  })
  const steps =
    catalog.data && document.data ? stepsOf(document.data, new Catalog(catalog.data)) : undefined
  const more = (steps?.length ?? 0) - STEPS_SHOWN
  return (
    <p ref={box} className={css.steps}>
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
