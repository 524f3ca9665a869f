/** One template before it is copied: its image, what it needs, its price and its steps. */
import { useQueryClient } from '@tanstack/react-query'
import { CopyPlus, LoaderCircle } from 'lucide-react'
import type { Need, WorkflowSummary } from '../api/schema'
import { errorMessage } from '../lib/errors'
import { toast } from '../lib/toasts'
import { Button } from '../ui/controls/Button'
import { Dialog } from '../ui/controls/Dialog'
import { Cover } from '../ui/media/Cover'
import { chosenImage } from '../ui/media/image'
import { editorUrl, workflowChange } from '../ui/workflows/queries'
import { NeedsList } from './Needs'
import { cost, time } from './price'
import { Steps } from './Steps'
import css from './TemplateDialog.module.css'
import { texts } from './texts'
import { authorOf } from './view'

interface Props {
  row: WorkflowSummary
  mine: boolean
  busy: boolean
  disabled: boolean
  isHere: (need: Need) => boolean | undefined
  onUse: () => void
  onClose: () => void
}

export function TemplateDialog(props: Props) {
  const { row, mine, busy, disabled, isHere, onUse, onClose } = props
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
  const facts = row.template
  const paid = facts?.needs.some(({ kind }) => kind === 'key')
  return (
    <Dialog title={row.name} wide onClose={onClose}>
      <div className={css.body}>
        <Cover url={chosenImage(row)} width={1280} className={css.image} backdrop />
        {row.description && <p className={css.what}>{row.description}</p>}
        <dl className={css.facts}>
          <dt>{texts.needsLabel}</dt>
          <dd>
            <NeedsList row={row} isHere={isHere} />
            {paid && <p className={css.quiet}>{texts.otherModels}</p>}
          </dd>
          <dt>{texts.takes}</dt>
          <dd>{facts?.ms == null ? texts.afterAFirstRun : time(facts.ms)}</dd>
          <dt>{texts.costs}</dt>
          <dd>{costs(row)}</dd>
          <dt>{texts.gives}</dt>
          <dd>{facts?.kinds.map(kind => texts.kinds[kind]).join(', ')}</dd>
          <dt>{texts.steps}</dt>
          <dd>
            <Steps slug={row.slug} nodes={row.nodeCount} />
          </dd>
          <dt>{texts.publishedBy}</dt>
          <dd>{mine ? texts.yours : (authorOf(row) ?? texts.patchbay)}</dd>
        </dl>
      </div>
      <footer className={css.foot}>
        <Button
          tone="primary"
          data-autofocus
          aria-describedby="copy-hint"
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
          {busy ? texts.copying : texts.useACopy}
        </Button>
        <a
          className={css.inside}
          href={editorUrl(row.slug)}
          aria-label={mine ? texts.editName(row.name) : texts.lookInsideName(row.name)}
        >
          {mine ? texts.edit : texts.lookInside}
        </a>
        {mine && (
          <Button
            tone="ghost"
            aria-label={texts.unpublishName(row.name)}
            onClick={() => {
              onClose()
              void publish(false)
            }}
          >
            {texts.unpublish}
          </Button>
        )}
        <p id="copy-hint">{texts.copyHint}</p>
      </footer>
    </Dialog>
  )
}

/** What a run costs, in a sentence where nothing is charged here. */
function costs(row: WorkflowSummary): string {
  if (row.estimatedCreditCost) return cost(row)
  const paid = row.template?.needs.some(({ kind }) => kind === 'key')
  return paid ? texts.theProviderBills : texts.nothingItRunsHere
}
