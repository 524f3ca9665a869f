/** The form as callers see it, of the document as it is now, as wide as on a phone or on a desktop. */
import { Monitor, Smartphone } from 'lucide-react'
import { useState } from 'react'
import type { JsonObject, WorkflowDocument } from '../../api/document'
import { requestFields } from '../../catalog/ports'
import { Choice } from '../../ui/controls/Choice'
import { MediaView } from '../../ui/media/MediaView'
import { FormRows } from '../../ui/play-form/FormRows'
import { formOf, formProblems, initialValues, type Values } from '../../ui/play-form/schema'
import css from './AppView.module.css'
import { coverOf } from './cover'
import { texts } from './texts'

type Width = 'phone' | 'desktop'

interface Props {
  document: WorkflowDocument
  marked: string | null
  onMark: (name: string) => void
}

export function Preview({ document, marked, onMark }: Props) {
  const [width, setWidth] = useState<Width>('phone')
  /** What was typed here; it is not saved. */
  const [typed, setTyped] = useState<Values>({})
  const form = formOf(schemaOf(document))
  const values = { ...initialValues(form), ...typed }
  const problems = formProblems(form, values)
  const given = Object.fromEntries(Object.entries(problems).filter(([name]) => name in typed))
  const cover = coverOf(document)
  return (
    <div className={css.preview} data-width={width}>
      <header className={css.head}>
        <h2>{texts.preview}</h2>
        <span>{texts.notSaved}</span>
        <Choice
          label={texts.width}
          options={{ phone: texts.phone, desktop: texts.desktop }}
          value={width}
          onChange={setWidth}
        />
        {width === 'phone' ? (
          <Smartphone aria-hidden size={15} />
        ) : (
          <Monitor aria-hidden size={15} />
        )}
      </header>
      <div className={css.stage}>
        <section className={css.device} aria-label={texts.preview}>
          <h3>{String(document.name ?? '')}</h3>
          {document.description ? <p>{String(document.description)}</p> : null}
          {cover && (
            <div className={css.cover}>
              <MediaView media={cover} width={640} cover />
            </div>
          )}
          <FormRows
            form={form}
            values={values}
            problems={given}
            uploads
            marked={marked}
            onMark={onMark}
            onChange={(name, value) => setTyped(before => ({ ...before, [name]: value }))}
          />
          {!form.length && <p>{texts.nothingToFillIn}</p>}
        </section>
      </div>
    </div>
  )
}

/** What the server's schema of the document would be: its shown fields and their saved values. */
function schemaOf(document: WorkflowDocument) {
  const fields = []
  const values: JsonObject = {}
  for (const node of document.nodes) {
    if (node.type !== 'requestInput') continue
    Object.assign(values, node.data.values)
    fields.push(...requestFields(node.data).filter(field => field.hidden !== true))
  }
  return { fields, values }
}
