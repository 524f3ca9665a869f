/** A list of declared fields to edit, a folding row each: their order, names, kinds and limits. */

import { ArrowDown, ArrowUp, ChevronRight, Trash2 } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { useStore } from 'zustand'
import type { RequestField } from '../../api/schema'
import { isRandom } from '../../catalog/ports'
import { Button } from '../../ui/controls/Button'
import { Field } from '../../ui/fields/Field'
import { BLANK, type FieldSpec, requestSpec } from '../../ui/fields/spec'
import inspector from '../panels/Inspector.module.css'
import { useSession } from '../session'
import css from './FieldList.module.css'
import { FIELD_WORDS, type FieldChange } from './request'
import { texts } from './texts'

interface Props {
  /** The node they are of. */
  id: string
  title: string
  /** What is shown without any. */
  none: string
  fields: readonly RequestField[]
  /** What a row says beside its kind. */
  about?: (field: RequestField) => string
  onMove: (from: number, to: number) => void
  onRemove: (name: string) => void
  onChange: (name: string, change: FieldChange) => void
  /** A name for a field that no other has. */
  nameFor: (wanted: string, own: string) => string
  children?: ReactNode
}

export function FieldList({ id, title, none, fields, about, children, ...edits }: Props) {
  const session = useSession()
  const open = useStore(session.view, state => state.openField)
  const { canEdit } = session.store
  return (
    <div className={css.fields}>
      <h3>{title}</h3>
      {!fields.length && <p>{none}</p>}
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
                    label={texts.moveUp}
                    icon={<ArrowUp size={14} />}
                    disabled={i === 0}
                    onClick={() => edits.onMove(i, i - 1)}
                  />
                  <Button
                    tone="ghost"
                    label={texts.moveDown}
                    icon={<ArrowDown size={14} />}
                    disabled={i === fields.length - 1}
                    onClick={() => edits.onMove(i, i + 1)}
                  />
                  <Button
                    tone="ghost"
                    label={texts.removeThisField}
                    icon={<Trash2 size={14} />}
                    onClick={() => edits.onRemove(field.name)}
                  />
                </>
              )}
            </div>
            {opened && about && <p className={css.about}>{about(field)}</p>}
            {opened && <FieldSettings id={id} field={field} {...edits} />}
          </section>
        )
      })}
      {canEdit && children}
    </div>
  )
}

interface SettingsProps extends Pick<Props, 'onChange' | 'nameFor'> {
  id: string
  field: RequestField
  inForm?: boolean
}

/** What is said of one field; in the form's own list also its group and whether it is folded away. */
export function FieldSettings({ id, field, inForm, onChange, nameFor }: SettingsProps) {
  const session = useSession()
  const disabled = !session.store.canEdit
  const set = (change: FieldChange) => onChange(field.name, change)
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
        spec={{ ...BLANK, label, widget, ...more }}
        value={(value ?? null) as never}
        disabled={disabled}
        onChange={onChange}
      />
    </div>
  )
  const optional = field.type === 'pills' || field.type === 'select'
  const bounded = field.type === 'number' || field.type === 'slider'
  const settings = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // It may have been opened from the card, and be below the values.
    if (!inForm) settings.current?.parentElement?.scrollIntoView({ block: 'nearest' })
  }, [inForm])
  return (
    <div ref={settings} className={css.settings}>
      {line(texts.label, 'text', field.label, value => set({ label: String(value ?? '') }))}
      {line(
        texts.nameInTheApi,
        'text',
        field.name,
        value => value && value !== field.name && set({ name: nameFor(String(value), field.name) }),
      )}
      <div className={inspector.field}>
        <label htmlFor={`${id}-type`}>{texts.type}</label>
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
        line(texts.options, 'list', field.options ?? [], value =>
          set({ options: (value as unknown[]).map(String) }),
        )}
      {bounded && (
        <div className={css.limits}>
          {line(texts.min, 'number', field.min, value => set({ min: value as number }))}
          {line(texts.max, 'number', field.max, value => set({ max: value as number }))}
          {line(texts.step, 'number', field.step, value => set({ step: value as number }))}
        </div>
      )}
      {field.type === 'number' &&
        line(texts.newEachRunLabel, 'toggle', field.randomize === true, value =>
          set({ randomize: value === true || undefined }),
        )}
      {line(texts.help, 'text', field.help, value => set({ help: String(value ?? '') }))}
      {inForm &&
        line(texts.groupOfFields, 'text', field.group, value =>
          set({ group: String(value ?? '').trim() || undefined }),
        )}
      {inForm &&
        line(texts.advancedField, 'toggle', field.advanced === true, value =>
          set({ advanced: value === true || undefined }),
        )}
      {line(texts.requiredLabel, 'toggle', field.required, value =>
        set({ required: value === true }),
      )}
      {!isRandom(field) && (
        <div className={inspector.field}>
          <label htmlFor={`${id}-default`}>{texts.default}</label>
          <Field
            id={`${id}-default`}
            spec={requestSpec(field)}
            value={field.default ?? null}
            disabled={disabled}
            onChange={value => set({ default: value })}
          />
          <p className={inspector.help}>{texts.usedWhereTheFieldIsLeft}</p>
        </div>
      )}
    </div>
  )
}
