/** The rows of a request input's card: one per field with its value, and the button that adds one. */

import { memo, useMemo } from 'react'
import type { JsonObject } from '../../api/document'
import type { RequestField } from '../../api/schema'
import { requestFields } from '../../catalog/ports'
import { requestValue } from '../../document/check'
import { Field } from '../../ui/fields/Field'
import { requestSpec } from '../../ui/fields/spec'
import { AddField } from '../fields/AddField'
import { randomizeField, setRequestValue } from '../fields/request'
import type { CardData } from '../flow/flow'
import { useDrawn } from '../run/hooks'
import { useSession } from '../session'
import { texts as editorTexts } from '../texts'
import css from './FieldRow.module.css'
import own from './RequestRow.module.css'
import { texts } from './texts'

interface Props {
  id: string
  field: RequestField
  block: boolean
  data: JsonObject
}

export const RequestRow = memo(function RequestRow({ id, field, block, data }: Props) {
  const session = useSession()
  const spec = useMemo(() => requestSpec(field), [field])
  const value = requestValue(data, field)
  const drawn = useDrawn(id, field.name)
  return (
    <div className={block ? css.block : css.line} title={spec.help || undefined}>
      <button
        type="button"
        className={`${css.label} ${own.name} nodrag`}
        title={spec.help || texts.settingsOfLabel(spec.label)}
        onClick={() => {
          session.flow.select([id])
          session.view.setState({ inspectorOpen: true, openField: `${id} ${field.name}` })
        }}
      >
        {spec.label}
        {spec.required && <sup title={editorTexts.required}>•</sup>}
      </button>
      <div className={`${css.control} nodrag`} data-widget={spec.dice ? 'dice' : spec.widget}>
        <Field
          spec={spec}
          value={value}
          compact
          disabled={!session.store.canEdit}
          onChange={next => setRequestValue(session, id, field.name, next)}
          drawn={drawn}
          onRandomize={spec.dice ? () => randomizeField(session, id, field.name) : undefined}
        />
      </div>
    </div>
  )
})

export function AddFieldRow({ id, data }: { id: string; data: CardData }) {
  const session = useSession()
  const fields = requestFields(data.node.data)
  const rest = data.type?.outputs[0]
  return (
    <div className={own.add}>
      {session.store.canEdit ? (
        <AddField id={id} first={!fields.length} className="nodrag" />
      ) : (
        <span />
      )}
      {rest && <span title={texts.allSimpleValuesAsOneObject}>{rest.label || rest.name}</span>}
    </div>
  )
}
