/** The editor of a request input's fields: what the workflow asks for, a folding row each. */
import { ArrowDown, ArrowUp, ChevronRight, Trash2 } from 'lucide-react'
import { useStore } from 'zustand'
import { requestFields } from '../catalog/ports'
import type { RequestField } from '../catalog/types'
import type { JsonObject } from '../document/types'
import { Button } from '../ui/Button'
import { Field } from './fields/Field'
import { type FieldSpec, requestSpec } from './fields/spec'
import inspector from './Inspector.module.css'
import css from './RequestFields.module.css'
import {
  addRequestField,
  changeField,
  FIELD_WORDS,
  fieldName,
  removeField,
  setFields,
} from './request'
import { useSession } from './session'

const TEXT: FieldSpec = {
  name: '',
  label: '',
  type: 'text',
  widget: 'text',
  options: [],
  min: null,
  max: null,
  step: null,
  unit: '',
  help: '',
  placeholder: '',
  required: false,
}

export function RequestFields({ id, data }: { id: string; data: JsonObject }) {
  const session = useSession()
  const open = useStore(session.view, state => state.openField)
  const fields = requestFields(data)
  const { canEdit } = session.store
  const move = (from: number, to: number) => {
    const next = fields.slice()
    next.splice(to, 0, ...next.splice(from, 1))
    setFields(session, id, next, 'Reorder the fields')
  }
  return (
    <div className={css.fields}>
      <h3>Fields people fill in</h3>
      {!fields.length && <p>No fields yet. Add what this workflow should ask for.</p>}
      {fields.map((field, i) => {
        const key = `${id} ${field.name}`
        const opened = open === key
        return (
          <section key={field.name} className={css.item}>
            <div className={css.head}>
              <button
                type="button"
                className={css.fold}
                aria-expanded={opened}
                onClick={() => session.view.setState({ openField: opened ? null : key })}
              >
                <ChevronRight size={14} />
                <b>{requestSpec(field).label}</b>
                <small>{FIELD_WORDS[field.type] ?? field.type}</small>
              </button>
              {canEdit && (
                <>
                  <Button
                    tone="ghost"
                    label="Move up"
                    icon={<ArrowUp size={14} />}
                    disabled={i === 0}
                    onClick={() => move(i, i - 1)}
                  />
                  <Button
                    tone="ghost"
                    label="Move down"
                    icon={<ArrowDown size={14} />}
                    disabled={i === fields.length - 1}
                    onClick={() => move(i, i + 1)}
                  />
                  <Button
                    tone="ghost"
                    label="Remove this field"
                    icon={<Trash2 size={14} />}
                    onClick={() => removeField(session, id, field.name)}
                  />
                </>
              )}
            </div>
            {opened && <Settings id={id} field={field} fields={fields} />}
          </section>
        )
      })}
      {canEdit && (
        <div className={css.add}>
          {(['text', 'image', 'number', 'select'] as const).map(type => (
            <Button key={type} onClick={() => addRequestField(session, id, type)}>
              + {type === 'select' ? 'Options' : FIELD_WORDS[type]}
            </Button>
          ))}
        </div>
      )}
    </div>
  )
}

interface SettingsProps {
  id: string
  field: RequestField
  fields: RequestField[]
}

function Settings({ id, field, fields }: SettingsProps) {
  const session = useSession()
  const disabled = !session.store.canEdit
  const set = (change: Partial<RequestField>) => changeField(session, id, field.name, change)
  const others = fields.filter(other => other.name !== field.name).map(other => other.name)
  const line = (
    label: string,
    widget: FieldSpec['widget'],
    value: unknown,
    onChange: (value: unknown) => void,
    more: Partial<FieldSpec> = {},
  ) => (
    <div className={inspector.field} data-inline={widget === 'toggle' || undefined}>
      <label htmlFor={`${id}-${label}`}>{label}</label>
      <Field
        id={`${id}-${label}`}
        spec={{ ...TEXT, label, widget, ...more }}
        value={(value ?? null) as never}
        disabled={disabled}
        onChange={onChange}
      />
    </div>
  )
  const optional = field.type === 'pills' || field.type === 'select'
  const bounded = field.type === 'number' || field.type === 'slider'
  return (
    <div className={css.settings}>
      {line('Label', 'text', field.label, value => set({ label: String(value ?? '') }))}
      {line(
        'Name in the API',
        'text',
        field.name,
        value => value && value !== field.name && set({ name: fieldName(String(value), others) }),
      )}
      <div className={inspector.field}>
        <label htmlFor={`${id}-type`}>Type</label>
        <select
          id={`${id}-type`}
          className={css.select}
          disabled={disabled}
          value={field.type}
          onChange={event => set({ type: event.target.value, default: undefined })}
        >
          {Object.entries(FIELD_WORDS).map(([type, word]) => (
            <option key={type} value={type}>
              {word}
            </option>
          ))}
        </select>
      </div>
      {optional &&
        line('Options', 'list', field.options ?? [], value =>
          set({ options: (value as unknown[]).map(String) }),
        )}
      {bounded && (
        <div className={css.limits}>
          {line('Min', 'number', field.min, value => set({ min: value as number }))}
          {line('Max', 'number', field.max, value => set({ max: value as number }))}
          {line('Step', 'number', field.step, value => set({ step: value as number }))}
        </div>
      )}
      {line('Help', 'text', field.help, value => set({ help: String(value ?? '') }))}
      {line('Required', 'toggle', field.required, value => set({ required: value === true }))}
      <div className={inspector.field}>
        <label htmlFor={`${id}-default`}>Default</label>
        <Field
          id={`${id}-default`}
          spec={requestSpec(field)}
          value={field.default ?? null}
          disabled={disabled}
          onChange={value => set({ default: value })}
        />
      </div>
    </div>
  )
}
