/**
 * Fields of any node in the app: a field of an Inputs node that feeds them. The Inputs nodes stay the
 * one description of the app, which its form, its schema and the API follow.
 */
import type { DocumentEdge, DocumentNode, Json, JsonObject, Operation } from '../../api/document'
import type { Input, RequestField } from '../../api/schema'
import { handleId, requestFields } from '../../catalog/ports'
import { fieldValue, isEmpty } from '../../document/check'
import { edgesInto, links } from '../../document/graph'
import { freshId } from '../../lib/ids'
import { evenly } from '../../ui/fields/gradient'
import { specOf } from '../../ui/fields/spec'
import { FIELD_WORDS, fieldName } from '../fields/request'
import { plainColors } from '../fields/swatches'
import type { Session } from '../session'
import { texts } from '../texts'
import { cleared, makeNode } from './commands'

const INPUTS = 'requestInput'
const MEDIA = new Set(['image', 'video', 'audio', 'file'])
/** Between a new Inputs node and the node it feeds, px. */
const ROOM = 80

/** The type that a field of the app has for an input; null for what no form has a field for. */
function fieldType(input: Input): string | null {
  const { widget } = specOf(input)
  const type = widget === 'asset' ? (MEDIA.has(input.type) ? input.type : null) : widget
  return input.port && type && type in FIELD_WORDS ? type : null
}

/** The connection by which an Inputs node feeds a field; undefined where none does. */
export function appEdge(session: Session, id: string, input: Input): DocumentEdge | undefined {
  const { store } = session
  const [edge, ...more] = edgesInto(store.document, id, input)
  return edge && !more.length && store.node(edge.source)?.type === INPUTS ? edge : undefined
}

/** Whether a field can be put into the app: a form has such a field, and nothing feeds it. */
export function canShow(session: Session, id: string, input: Input): boolean {
  const { store, catalog } = session
  const type = fieldType(input)
  return (
    store.canEdit &&
    type !== null &&
    store.node(id)?.type !== INPUTS &&
    catalog.rules.fits(catalog.rules.fieldType({ name: '', type }), input.type) !== null &&
    !edgesInto(store.document, id, input).length
  )
}

/** Put a field into the app, with the value it has; what feeds it is made where there is none. */
export function showInApp(session: Session, id: string, input: Input): void {
  const { store } = session
  const node = store.node(id)
  const type = fieldType(input)
  if (!node || type === null || !canShow(session, id, input)) return
  const inputs = store.document.nodes.find(other => other.type === INPUTS)
  const taken = store.document.nodes.flatMap(other =>
    other.type === INPUTS ? requestFields(other.data).map(field => field.name) : [],
  )
  const spec = specOf(input)
  const field = declared(spec.label, fieldName(spec.label, taken), type, input)
  const value = shownValue(session, node, input)
  const values = isEmpty(value) ? {} : { [field.name]: value }
  const source = inputs ?? beside(session, node)
  const fields = [...(inputs ? requestFields(inputs.data) : []), field]
  const known = (inputs?.data.values ?? {}) as JsonObject
  const data = { ...source.data, fields: fields as never, values: { ...known, ...values } }
  const edge = {
    id: freshId('edge'),
    source: source.id,
    sourceHandle: handleId(field.name, 'out'),
    target: id,
    targetHandle: handleId(input.name, 'in'),
  }
  const operations: Operation[] = inputs
    ? [
        { op: 'field.set', id: source.id, field: 'fields', value: fields },
        { op: 'field.set', id: source.id, field: 'values', value: data.values },
      ]
    : [{ op: 'node.add', node: { ...source, data } }]
  store.edit([...operations, { op: 'edge.add', edge }], { label: texts.showInApp(spec.label) })
}

/** The value a field shows: that of a gradient without stops are its older colors. */
function shownValue({ catalog }: Session, node: DocumentNode, input: Input): Json {
  const value = fieldValue(node, input)
  const colors = plainColors(node, catalog)
  if (input.widget !== 'gradient' || !isEmpty(value) || !colors) return value
  return evenly(colors.split('\n')) as unknown as Json
}

/** Take a field out of the app again: it has its value itself, and what fed only it goes. */
export function takeOutOfApp(session: Session, id: string, input: Input): void {
  const { store } = session
  const edge = appEdge(session, id, input)
  const source = edge && store.node(edge.source)
  if (!edge || !source) return
  const name = String(edge.sourceHandle ?? '').replace(/-out$/, '')
  const { [name]: saved, ...values } = (source.data.values ?? {}) as JsonObject
  const fields = requestFields(source.data)
  const value = saved ?? fields.find(field => field.name === name)?.default
  const others = (links(store.document).outOf.get(source.id) ?? []).filter(one => one !== edge)
  const isUsed = others.some(one => one.sourceHandle === edge.sourceHandle)
  const rest = fields.filter(field => field.name !== name)
  const operations: Operation[] = [{ op: 'edge.remove', id: edge.id }]
  if (value !== undefined && value !== null) {
    operations.push({ op: 'field.set', id, field: input.name, value })
  }
  if (!isUsed && !rest.length && !others.length) {
    operations.push({ op: 'node.remove', id: source.id })
  } else if (!isUsed) {
    operations.push(
      { op: 'field.set', id: source.id, field: 'fields', value: rest },
      { op: 'field.set', id: source.id, field: 'values', value: values },
    )
  }
  store.edit(operations, { label: texts.takeOutOfApp(specOf(input).label) })
}

function declared(label: string, name: string, type: string, input: Input): RequestField {
  const { min, max, step, options, help, required } = input
  return {
    name,
    label,
    type,
    ...(help && { help }),
    ...(required && { required }),
    ...(options.length && { options }),
    ...(min !== null && { min }),
    ...(max !== null && { max }),
    ...(step !== null && { step }),
  }
}

/** A new Inputs node to the left of a node, where there is room. */
function beside(session: Session, node: DocumentNode): DocumentNode {
  const made = makeNode(session, INPUTS, node.position)
  const x = node.position.x - (made.width ?? 0) - ROOM
  return cleared(session, { ...made, position: { ...made.position, x } })
}
