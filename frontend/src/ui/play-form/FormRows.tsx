/** The rows of a workflow's form: in groups with titles, and folded away what is advanced. */
import { useEffect, useState } from 'react'
import { PlayRow } from './PlayRow'
import css from './PlayRow.module.css'
import { type FieldProblems, type FormField, groupsOf, type Values } from './schema'
import { texts } from './texts'

interface Props {
  form: readonly FormField[]
  values: Values
  problems: FieldProblems
  /** Whether files are uploaded when they are chosen, or go along with the run. */
  uploads: boolean
  disabled?: boolean
  /** The field that is outlined, and what a press on one does: where the form is made. */
  marked?: string | null
  onMark?: (name: string) => void
  onChange: (name: string, value: Values[string]) => void
}

export function FormRows({ form, values, problems, onChange, onMark, marked, ...rest }: Props) {
  const { groups, advanced } = groupsOf(form)
  const [open, setOpen] = useState(false)
  const wrong = advanced.some(({ name }) => problems[name])
  const found = advanced.some(({ name }) => name === marked)
  useEffect(() => {
    if (wrong || found) setOpen(true)
  }, [wrong, found])
  const row = (field: FormField) => (
    <div
      key={field.name}
      className={css.place}
      data-marked={marked === field.name || undefined}
      onPointerDown={() => onMark?.(field.name)}
    >
      <PlayRow
        field={field}
        value={values[field.name]}
        problem={problems[field.name]}
        uploads={rest.uploads}
        disabled={rest.disabled ?? false}
        onChange={value => onChange(field.name, value)}
      />
    </div>
  )
  return (
    <div className={css.rows}>
      {groups.map(({ title, rows }) =>
        title ? (
          <fieldset key={`${title} ${rows[0]?.name}`} className={css.group}>
            <legend>{title}</legend>
            {rows.map(row)}
          </fieldset>
        ) : (
          rows.map(row)
        ),
      )}
      {advanced.length > 0 && (
        <details
          className={css.advanced}
          open={open}
          onToggle={event => setOpen(event.currentTarget.open)}
        >
          <summary>{texts.advanced}</summary>
          <div className={css.rows}>{advanced.map(row)}</div>
        </details>
      )}
    </div>
  )
}
