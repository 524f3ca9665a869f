/** The values of a request input's fields, as its card has them: what a run here begins with. */
import type { DocumentNode } from '../../api/document'
import type { RequestField } from '../../api/schema'
import { requestFields } from '../../catalog/ports'
import { requestValue } from '../../document/check'
import { Field } from '../../ui/fields/Field'
import { requestSpec } from '../../ui/fields/spec'
import css from '../panels/Inspector.module.css'
import { useDrawn } from '../run/hooks'
import { useSession } from '../session'
import { texts as editorTexts } from '../texts'
import { randomizeField, setRequestValue } from './request'

export function RequestValues({ node }: { node: DocumentNode }) {
  const fields = requestFields(node.data)
  if (!fields.length) return null
  return (
    <div className={css.fields}>
      {fields.map(field => (
        <Value key={field.name} node={node} field={field} />
      ))}
    </div>
  )
}

function Value({ node, field }: { node: DocumentNode; field: RequestField }) {
  const session = useSession()
  const drawn = useDrawn(node.id, field.name)
  const spec = requestSpec(field)
  const id = `inspect-${node.id}-${field.name}`
  return (
    <div className={css.field} data-inline={spec.widget === 'toggle' || undefined}>
      <div className={css.label}>
        <label htmlFor={id}>{spec.label}</label>
        {spec.required && <em title={editorTexts.required}>{editorTexts.required}</em>}
      </div>
      <Field
        id={id}
        spec={spec}
        value={requestValue(node.data, field)}
        disabled={!session.store.canEdit}
        onChange={next => setRequestValue(session, node.id, field.name, next)}
        drawn={drawn}
        onRandomize={spec.dice ? () => randomizeField(session, node.id, field.name) : undefined}
      />
      {spec.help && <p className={css.help}>{spec.help}</p>}
    </div>
  )
}
