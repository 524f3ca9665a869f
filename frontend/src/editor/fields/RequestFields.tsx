/** The editor of a request input's fields: what the workflow asks for. */
import type { JsonObject } from '../../api/document'
import { requestFields } from '../../catalog/ports'
import { useSession } from '../session'
import { AddField } from './AddField'
import { FieldList } from './FieldList'
import css from './FieldList.module.css'
import { changeField, fieldName, removeField, setFields } from './request'
import { texts } from './texts'

export function RequestFields({ id, data }: { id: string; data: JsonObject }) {
  const session = useSession()
  const fields = requestFields(data)
  const names = fields.map(field => field.name)
  return (
    <FieldList
      id={id}
      title={texts.fieldsToFillIn}
      none={texts.noFieldsYet}
      fields={fields}
      onMove={(from, to) => {
        const next = fields.slice()
        next.splice(to, 0, ...next.splice(from, 1))
        setFields(session, id, next, texts.reorderTheFields)
      }}
      onRemove={name => removeField(session, id, name)}
      onChange={(name, change) => changeField(session, id, name, change)}
      nameFor={(wanted, own) =>
        fieldName(
          wanted,
          names.filter(name => name !== own),
        )
      }
    >
      <div className={css.add}>
        <AddField id={id} first={!fields.length} />
      </div>
    </FieldList>
  )
}
