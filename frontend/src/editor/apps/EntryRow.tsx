/** One entry of an app's input or a result object on a card: a control, or what it refers to. */

import { Plus } from 'lucide-react'
import { memo, useMemo } from 'react'
import type { Json } from '../../api/document'
import type { RequestField } from '../../api/schema'
import { requestSpec } from '../../ui/fields/spec'
import css from '../card/FieldRow.module.css'
import { NodeField } from '../fields/NodeField'
import { useSession } from '../session'
import { texts as editorTexts } from '../texts'
import { Chips } from './Chips'
import own from './EntryRow.module.css'
import { setEntry } from './edit'
import type { Entry } from './entries'
import { texts } from './texts'

interface Props {
  id: string
  entry: Entry
  block: boolean
}

export const EntryRow = memo(function EntryRow({ id, entry, block }: Props) {
  const session = useSession()
  const { field, value, references } = entry
  const spec = useMemo(() => specFor(field, value), [field, value])
  return (
    <div className={block ? css.block : css.line} title={spec.help || undefined}>
      <span className={css.label}>
        {spec.label}
        {spec.required && <sup title={editorTexts.required}>•</sup>}
      </span>
      {references.length ? (
        <div className={`${own.references} nodrag`}>
          <Chips
            id={id}
            references={references}
            onClear={() => setEntry(session, id, field.name)}
          />
        </div>
      ) : (
        <div className={`${css.control} nodrag`} data-widget={spec.widget}>
          <NodeField
            spec={spec}
            value={value ?? field.default ?? null}
            compact
            disabled={!session.store.canEdit}
            onChange={next => setEntry(session, id, field.name, next as Json | undefined)}
          />
        </div>
      )}
    </div>
  )
})

/** How a value is edited; a file that is given by its URL is text. */
export function specFor(field: RequestField, value: Json | undefined) {
  const spec = requestSpec(field)
  const byUrl = spec.widget === 'asset' && typeof value === 'string'
  return byUrl ? { ...spec, widget: 'text' as const, type: 'text' } : spec
}

export function NewEntryRow({ id, words }: { id: string; words: string }) {
  const { flow, view, store } = useSession()
  return (
    <button
      type="button"
      className={`${own.add} nodrag`}
      disabled={!store.canEdit}
      title={texts.connectHereOrClickToType}
      onClick={() => {
        flow.select([id])
        view.setState({ inspectorOpen: true })
      }}
    >
      <Plus aria-hidden size={14} /> {words}
    </button>
  )
}
