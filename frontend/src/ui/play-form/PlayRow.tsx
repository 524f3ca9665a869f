/** One field of the form. Files of a visitor go along with the run instead of being uploaded. */
import type { Json } from '../../api/document'
import { isMedia } from '../../api/media'
import { isEmpty } from '../../document/check'
import { asText } from '../../runs/results'
import { Field } from '../fields/Field'
import { TextField } from '../fields/TextField'
import { keepFile } from './ownFiles'
import css from './PlayRow.module.css'
import type { FormField } from './schema'
import { texts } from './texts'

interface Props {
  field: FormField
  value: Json | undefined
  problem: string | undefined
  uploads: boolean
  disabled: boolean
  onChange: (value: Json | undefined) => void
}

const sendLater = (file: File) => Promise.resolve(keepFile(file))

export function PlayRow({ field, value, problem, uploads, disabled, onChange }: Props) {
  const { name, spec, fallback } = field
  const id = `play-${name}`
  const inline = spec.widget === 'toggle'
  const labelled = spec.widget !== 'pills' && spec.widget !== 'asset'
  const byUrl = spec.widget === 'asset' && !uploads && spec.type === 'file'
  const props = {
    spec,
    value: value ?? null,
    disabled,
    id: labelled ? id : undefined,
    onChange,
    send: uploads ? undefined : sendLater,
  }
  const title = (
    <>
      {spec.label}
      {spec.required && <em title={texts.needsValue}> *</em>}
    </>
  )
  return (
    <div
      className={css.row}
      data-inline={inline || undefined}
      data-bad={problem ? true : undefined}
    >
      {labelled ? (
        <label htmlFor={id} className={css.label}>
          {title}
        </label>
      ) : (
        <span className={css.label}>{title}</span>
      )}
      <div
        className={css.control}
        id={labelled ? undefined : id}
        tabIndex={labelled ? undefined : -1}
      >
        {byUrl ? (
          <TextField
            {...props}
            spec={{ ...spec, placeholder: 'https://…' }}
            value={isMedia(value) ? null : (value ?? null)}
            onChange={text => onChange(typeof text === 'string' && text ? text : undefined)}
          />
        ) : (
          <Field {...props} />
        )}
      </div>
      {spec.help && <p className={css.help}>{spec.help}</p>}
      {byUrl && <p className={css.help}>{texts.theUrlOfAFile}</p>}
      {isEmpty(value) && value !== '' && !isEmpty(fallback) && (
        <p className={css.help}>
          {isMedia(fallback) ? texts.leftEmptyTheWorkflowsDefaultFile : null}
          {!isMedia(fallback) ? texts.leftEmptyItIsSlice(asText(fallback).slice(0, 60)) : null}
        </p>
      )}
      {problem && (
        <p className={css.bad} role="alert">
          {problem}
        </p>
      )}
    </div>
  )
}
