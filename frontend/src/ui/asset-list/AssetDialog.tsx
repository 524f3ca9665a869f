/** One file at the side of the list: large, with how it was made and what can be done with it. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { ChevronLeft, ChevronRight, Download, Maximize2, Play, Plus, Trash2 } from 'lucide-react'
import { type KeyboardEvent, useState } from 'react'
import { assetChange, referenceOf } from '../../api/assets'
import type { AssetDetails, AssetSummary } from '../../api/schema'
import { errorMessage } from '../../lib/errors'
import { mediaFacts } from '../../lib/format'
import { money } from '../../lib/locale'
import { date, duration } from '../../lib/time'
import { toast } from '../../lib/toasts'
import { Button } from '../controls/Button'
import { Dialog } from '../controls/Dialog'
import { LoadError } from '../LoadError'
import { MediaView } from '../media/MediaView'
import { CopyButton } from '../text/CopyButton'
import { LongText } from '../text/LongText'
import { editorUrl } from '../workflows/queries'
import css from './AssetDialog.module.css'
import { FileControls } from './FileControls'
import { detailsQuery, refresh } from './queries'
import { texts } from './texts'

interface Props {
  id: string
  /** The ids of the list, for the arrows. */
  order: readonly string[]
  nodeName?: ((type: string) => string) | undefined
  onOpen: (id: string) => void
  onView: (id: string) => void
  onUse?: ((assets: readonly AssetSummary[]) => void) | undefined
  onDelete: () => void
  onClose: () => void
}

export function AssetDialog(props: Props) {
  const found = useQuery(detailsQuery(props.id))
  const at = props.order.indexOf(props.id)
  const previous = props.order[at - 1]
  const next = at < 0 ? undefined : props.order[at + 1]
  const keys = (event: KeyboardEvent) => {
    if (event.target instanceof Element && event.target.closest('input, audio, video')) return
    const to = { ArrowLeft: previous, ArrowRight: next }[event.key]
    if (to) props.onOpen(to)
    if (event.key === 'Delete') props.onDelete()
  }
  return (
    <Dialog
      title={found.data ? texts.file(found.data.name) : texts.details}
      side
      onClose={props.onClose}
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrows move through the list */}
      <div className={css.body} data-autofocus tabIndex={-1} onKeyDown={keys}>
        <div className={css.move}>
          <Step label={texts.previous} to={previous} onOpen={props.onOpen}>
            <ChevronLeft aria-hidden size={16} />
          </Step>
          <Step label={texts.next} to={next} onOpen={props.onOpen}>
            <ChevronRight aria-hidden size={16} />
          </Step>
        </div>
        {found.isError && (
          <LoadError
            what={texts.details}
            message={errorMessage(found.error)}
            busy={found.isFetching}
            onRetry={() => void found.refetch()}
          />
        )}
        {found.data && <File {...props} asset={found.data} />}
      </div>
    </Dialog>
  )
}

interface StepProps {
  label: string
  to: string | undefined
  onOpen: (id: string) => void
  children: React.ReactNode
}

function Step({ label, to, onOpen, children }: StepProps) {
  return <Button label={label} icon={children} disabled={!to} onClick={() => to && onOpen(to)} />
}

function File({ asset, nodeName, ...rest }: Props & { asset: AssetDetails }) {
  const client = useQueryClient()
  const refused = (error: unknown) => toast(errorMessage(error), { tone: 'bad' })
  const rename = (name: string) =>
    void assetChange(asset.id, { name })
      .then(now => {
        client.setQueryData(detailsQuery(asset.id).queryKey, now)
        return refresh(client)
      })
      .catch(refused)
  return (
    <>
      <div className={css.stage} data-kind={asset.kind}>
        <MediaView media={referenceOf(asset)} width={1024} />
      </div>
      <div className={css.actions}>
        {rest.onUse && (
          <Button
            tone="primary"
            icon={<Plus aria-hidden size={15} />}
            onClick={() => {
              rest.onUse?.([asset])
              rest.onClose()
            }}
          >
            {texts.addToCanvas}
          </Button>
        )}
        <Button icon={<Maximize2 aria-hidden size={15} />} onClick={() => rest.onView(asset.id)}>
          {texts.fullSize}
        </Button>
        <a className={css.link} href={asset.url} download={asset.name || true}>
          <Download aria-hidden size={15} />
          {texts.download}
        </a>
        <Button tone="danger" icon={<Trash2 aria-hidden size={15} />} onClick={rest.onDelete}>
          {texts.delete}
        </Button>
      </div>
      <NameField key={asset.name} name={asset.name} onSave={rename} />
      <FileControls asset={asset} />
      <p className={css.note}>{texts.starredKept}</p>
      <Origin asset={asset} nodeName={nodeName} />
    </>
  )
}

function NameField({ name, onSave }: { name: string; onSave: (name: string) => void }) {
  const [typed, setTyped] = useState(name)
  const save = () => {
    const text = typed.trim()
    if (text && text !== name) onSave(text)
    else setTyped(name)
  }
  return (
    <input
      className={css.name}
      aria-label={texts.name}
      maxLength={200}
      value={typed}
      onChange={event => setTyped(event.target.value)}
      onBlur={save}
      onKeyDown={event => {
        if (event.key === 'Enter') event.currentTarget.blur()
        if (event.key === 'Escape') {
          event.preventDefault()
          event.stopPropagation()
          setTyped(name)
        }
      }}
    />
  )
}

const WHEN = { dateStyle: 'medium', timeStyle: 'short' } as const

function Origin({
  asset,
  nodeName,
}: {
  asset: AssetDetails
  nodeName?: Props['nodeName'] | undefined
}) {
  const made = asset.nodeType !== null || asset.executionId !== null
  const { model, ...settings } = asset.settings as Record<string, unknown>
  const rows: [string, string][] = [
    [made ? texts.madeAt : texts.uploadedAt, date(new Date(asset.createdAt), WHEN)],
    [texts.size, mediaFacts(asset).join(' · ')],
    [texts.workflow, asset.workflow?.name ?? ''],
    [texts.node, asset.nodeType ? (nodeName?.(asset.nodeType) ?? asset.nodeType) : ''],
    [texts.model, typeof model === 'string' ? model : ''],
    [texts.cost, cost(asset)],
    [texts.took, asset.ms === null ? '' : duration(asset.ms)],
    [texts.expires, asset.expiresAt ? date(new Date(asset.expiresAt), WHEN) : ''],
  ]
  return (
    <>
      <section className={css.made} aria-label={texts.howMade}>
        <h3>{texts.howMade}</h3>
        <dl>
          {rows.map(
            ([label, value]) =>
              value && (
                <div key={label}>
                  <dt>{label}</dt>
                  <dd>{value}</dd>
                </div>
              ),
          )}
        </dl>
        <Values title={texts.settings} values={settings} />
        <Values title={texts.inputs} values={asset.inputs as Record<string, unknown>} />
      </section>
      {made && (
        <div className={css.actions}>
          {asset.executionId === null && <p className={css.note}>{texts.runGone}</p>}
          {asset.executionId !== null && (
            <a className={css.link} href={`/runs/${asset.executionId}`}>
              <Play aria-hidden size={15} />
              {texts.openRun}
            </a>
          )}
          {asset.executionId !== null && asset.workflow && (
            <a
              className={css.link}
              href={`${editorUrl(asset.workflow.slug)}?run=${asset.executionId}`}
            >
              {texts.openWorkflow}
            </a>
          )}
        </div>
      )}
    </>
  )
}

/** What a node has cost: what its provider said in money, else credits. */
function cost({ money: paid, cost: credits }: AssetDetails): string {
  if (paid?.usd != null) return money(paid.usd)
  if (credits === null) return ''
  return credits ? texts.credits(credits) : texts.free
}

function Values({ title, values }: { title: string; values: Record<string, unknown> }) {
  const rows = Object.entries(values).filter(
    ([, value]) => ['string', 'number', 'boolean'].includes(typeof value) && value !== '',
  )
  if (!rows.length) return null
  return (
    <details className={css.values} open>
      <summary>{title}</summary>
      {rows.map(([name, value]) => (
        <div key={name}>
          <span>
            {name}
            <CopyButton text={String(value)} label={texts.copy(name)} />
          </span>
          <LongText text={String(value)} />
        </div>
      ))}
    </details>
  )
}
