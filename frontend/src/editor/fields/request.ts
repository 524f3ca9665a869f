/** Edits of a request input: its fields and their values. */

import type { JsonObject, Operation } from '../../api/document'
import type { RequestField } from '../../api/schema'
import { requestFields } from '../../catalog/ports'
import { links } from '../../document/graph'
import type { Session } from '../session'
import { texts as editorTexts } from '../texts'
import { texts } from './texts'

/** Field types a user can choose, with the words for them. */
export const FIELD_WORDS: Readonly<Record<string, string>> = {
  text: texts.text,
  textarea: texts.longText,
  number: texts.number,
  slider: texts.slider,
  select: texts.options,
  pills: texts.buttons,
  toggle: texts.toggle,
  color: texts.color,
  curve: texts.curve,
  gradient: texts.gradient,
  image: texts.image,
  video: texts.video,
  audio: texts.audio,
  file: texts.file,
}

/** A name no other field has: characters a to z, digits and underscores. */
export function fieldName(wanted: string, taken: readonly string[]): string {
  const base =
    wanted
      .trim()
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '_')
      .replaceAll(/^_+|_+$/g, '') || 'field'
  return numbered(base, taken)
}

/** A name that is not taken: this one, or this one with a number behind it. */
export function numbered(base: string, taken: readonly unknown[]): string {
  if (!taken.includes(base)) return base
  let i = 2
  while (taken.includes(`${base}_${i}`)) i += 1
  return `${base}_${i}`
}

/** Set the value a field has on the canvas. */
export function setRequestValue(session: Session, id: string, name: string, value: unknown): void {
  const node = session.store.node(id)
  if (!node) return
  const { [name]: _old, ...others } = (node.data.values ?? {}) as JsonObject
  const values = value === undefined ? others : { ...others, [name]: value }
  session.store.edit([{ op: 'field.set', id, field: 'values', value: values }], {
    label: editorTexts.changeName(name),
    group: `value ${id} ${name}`,
  })
}

/** Make a field one that is new for each run: without a value, and its row says so. */
export function randomizeField(session: Session, id: string, name: string): void {
  const node = session.store.node(id)
  if (!node) return
  const { [name]: _old, ...values } = (node.data.values ?? {}) as JsonObject
  const value = requestFields(node.data).map(field =>
    field.name === name ? { ...field, randomize: true } : field,
  )
  session.store.edit(
    [
      { op: 'field.set', id, field: 'fields', value },
      { op: 'field.set', id, field: 'values', value: values },
    ],
    { label: texts.makeNameNewForEachRun(name) },
  )
}

/** Add a field of a type, named after it, and open its settings. */
export function addRequestField(session: Session, id: string, type: string): void {
  const node = session.store.node(id)
  if (!node) return
  const fields = requestFields(node.data)
  const name = fieldName(
    FIELD_WORDS[type] ?? type,
    fields.map(field => field.name),
  )
  const field: RequestField = { name, label: '', type }
  setFields(session, id, [...fields, field], texts.addAField)
  session.flow.select([id])
  session.view.setState({ inspectorOpen: true, openField: `${id} ${name}` })
}

/** Replace all fields. */
export function setFields(
  session: Session,
  id: string,
  fields: readonly RequestField[],
  label: string,
): void {
  session.store.edit([{ op: 'field.set', id, field: 'fields', value: fields }], {
    label,
    group: `fields ${id}`,
  })
}

/** What becomes of a field's keys; one that is undefined goes. */
export type FieldChange = { [Key in keyof RequestField]?: RequestField[Key] | undefined }

/** Change one field; a new name takes its value and its edges along. */
export function changeField(session: Session, id: string, name: string, change: FieldChange): void {
  const node = session.store.node(id)
  if (!node) return
  const fields = requestFields(node.data)
  const next = fields.map(field => (field.name === name ? { ...field, ...change } : field))
  const operations: Operation[] = [{ op: 'field.set', id, field: 'fields', value: next }]
  if (change.name && change.name !== name) {
    const values = (node.data.values ?? {}) as JsonObject
    if (name in values) {
      const { [name]: value, ...others } = values
      const moved = { ...others, [change.name]: value }
      operations.push({ op: 'field.set', id, field: 'values', value: moved })
    }
    for (const edge of links(session.store.document).outOf.get(id) ?? []) {
      if (edge.sourceHandle !== `${name}-out` && edge.sourceHandle !== name) continue
      const value = `${change.name}-out`
      operations.push({ op: 'edge.set', id: edge.id, key: 'sourceHandle', value })
    }
    session.view.setState({ openField: `${id} ${change.name}` })
  }
  session.store.edit(operations, { label: editorTexts.changeAField, group: `fields ${id} ${name}` })
}

/** Remove a field with its value and its edges. */
export function removeField(session: Session, id: string, name: string): void {
  const node = session.store.node(id)
  if (!node) return
  const fields = requestFields(node.data).filter(field => field.name !== name)
  const { [name]: _gone, ...values } = (node.data.values ?? {}) as JsonObject
  const edges = (links(session.store.document).outOf.get(id) ?? []).filter(
    edge => edge.sourceHandle === `${name}-out` || edge.sourceHandle === name,
  )
  session.store.edit(
    [
      ...edges.map((edge): Operation => ({ op: 'edge.remove', id: edge.id })),
      { op: 'field.set', id, field: 'fields', value: fields },
      { op: 'field.set', id, field: 'values', value: values },
    ],
    { label: texts.removeAField },
  )
}
