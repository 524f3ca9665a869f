/**
 * The measures of a node card, computed from its type and data: rows, height and where the ports
 * are. React Flow gets these with the nodes and never measures. The card draws the same rows.
 */

import type { NodeType } from '../../api/catalog'
import type { DocumentNode } from '../../api/document'
import { isMediaType } from '../../api/media'
import type { App, Input, RequestField } from '../../api/schema'
import type { Catalog } from '../../catalog/catalog'
import { input, itemType, portName, requestFields } from '../../catalog/ports'
import { shownInputs } from '../../document/check'
import { frameSize, isCollapsed, isFrame } from '../../document/frames'
import {
  type Entry,
  entriesKey,
  entriesOf,
  entryHandle,
  NEW_ENTRY,
  recordOf,
  shownEntries,
} from '../apps/entries'
import { texts } from '../texts'
import { HEADER, LABEL, type Layout, middle, type PortSpec, ROW, RowBuilder } from './rows'

/** Between ports at the side of a card that shows no rows. */
const PORT_STEP = 18
/** What says how large the graph of a node is, and opens it. */
const GRAPH_HEIGHT = 52
/** Plain fields a card shows; the rest is in the inspector, unless connected. */
const FIELDS_SHOWN = 6

/** The handles that edges name at a node, so that no edge is left without an end. */
export interface Attached {
  in: readonly string[]
  out: readonly string[]
}

const BLOCK_HEIGHT: Record<string, number> = {
  textarea: 84,
  json: 96,
  asset: 156,
  list: 132,
  curve: 148,
  gradient: 62,
  fields: 60,
}
const PREVIEW_HEIGHT: Record<string, number> = {
  text: 96,
  json: 112,
  table: 112,
  audio: 64,
  number: 48,
  boolean: 48,
  color: 48,
}

/** Room for what a model writes. */
const WRITTEN_HEIGHT = 150

/** Return whether a card has a place for results. */
function hasPreview(type: NodeType): boolean {
  if (type.dynamic === 'declared') return true
  if (type.inputs.some(input => input.widget === 'asset') || type.dynamic === 'fields') return false
  return Boolean(type.preview) || type.sink
}

/** Height of a request field on the card, px. */
function requestHeight(field: RequestField): { height: number; block: boolean } {
  if (field.type === 'image' || field.type === 'video') return { height: LABEL + 148, block: true }
  if (isMediaType(field.type)) return { height: LABEL + 60, block: true }
  if (field.type === 'textarea') return { height: LABEL + 80, block: true }
  if (field.type === 'curve' || field.type === 'gradient') {
    return { height: LABEL + (BLOCK_HEIGHT[field.type] ?? 0) + 4, block: true }
  }
  return { height: ROW + 2, block: false }
}

/** Lay a card out. Pure: the same node, type and edges give the same measures. */
export function layout(
  catalog: Catalog,
  node: DocumentNode,
  attached: Attached,
  app?: App | null,
): Layout {
  if (isFrame(node) && !isCollapsed(node)) return { ...frameSize(node), rows: [], ports: [] }
  if (node.type === 'note') {
    const width = node.width ?? 240
    return { width, height: node.height ?? noteHeight(node, width), rows: [], ports: [] }
  }
  const whole = laidOut(catalog, node, attached, app)
  return isCollapsed(node) ? collapsed(whole, attached) : whole
}

/** The card with all its rows. */
function laidOut(
  catalog: Catalog,
  node: DocumentNode,
  attached: Attached,
  app: App | null | undefined,
): Layout {
  const type = catalog.get(node.type)
  const builder = new RowBuilder(node.width ?? type?.width ?? 260)
  if (!type) {
    builder.row({ kind: 'unknown' }, 64)
  } else if (type.dynamic === 'fields') {
    requestRows(builder, catalog, node, type)
  } else if (entriesKey(type) && recordOf(node, entriesKey(type) as string)) {
    entryRows(builder, catalog, node, type, attached, app)
  } else {
    plainRows(builder, catalog, node, type, attached)
  }
  lostRows(builder, attached)
  return builder.finish()
}

/** A card with its title and the ports that are connected, and nothing else. */
function collapsed(whole: Layout, attached: Attached): Layout {
  const names = (side: 'in' | 'out') =>
    whole.ports.filter(port => port.side === side).map(port => port.name)
  const known = { in: names('in'), out: names('out') }
  const connected = whole.ports.filter(port =>
    attached[port.side].some(handle => portName(handle, port.side, known[port.side]) === port.name),
  )
  return stacked(whole.width, connected)
}

/** A head with ports at its sides, as high as they need. */
export function stacked(width: number, ports: readonly PortSpec[]): Layout {
  const sides = {
    in: ports.filter(port => port.side === 'in'),
    out: ports.filter(port => port.side === 'out'),
  }
  const height = Math.max(HEADER, Math.max(sides.in.length, sides.out.length) * PORT_STEP + 6)
  const placed = (['in', 'out'] as const).flatMap(side =>
    sides[side].map((port, i) => ({
      ...port,
      quiet: false,
      y: height / 2 + (i - (sides[side].length - 1) / 2) * PORT_STEP,
    })),
  )
  return { width, height, rows: [], ports: placed }
}

function requestRows(
  builder: RowBuilder,
  catalog: Catalog,
  node: DocumentNode,
  type: NodeType,
): void {
  const outputs = catalog.outputsOf(node)
  for (const field of requestFields(node.data)) {
    const { height, block } = requestHeight(field)
    const row = builder.row({ kind: 'request', field, block }, height)
    const output = outputs.find(port => port.name === field.name)
    if (output) builder.output(output, block ? row.top + LABEL / 2 : middle(row))
  }
  const last = builder.row({ kind: 'add' }, ROW + 4)
  type.outputs.forEach((output, i) => {
    builder.output(output, i ? middle(builder.row({ kind: 'ports', output }, ROW)) : middle(last))
  })
}

function entryRows(
  builder: RowBuilder,
  catalog: Catalog,
  node: DocumentNode,
  type: NodeType,
  attached: Attached,
  app: App | null | undefined,
): void {
  const key = entriesKey(type) as string
  const [entries, hidden] = shownEntries(entriesOf(node, key, app), FIELDS_SHOWN)
  const inputs = catalog.inputsOf(node)
  const preview = builder.row({ kind: 'preview' }, type.sink ? 200 : resultHeight(app))
  for (const output of catalog.outputsOf(node)) builder.output(output, middle(preview))
  const choice = inputs.find(input => input.widget === 'app')
  if (choice) builder.row({ kind: 'app', input: choice }, ROW + 6)
  const given = new Map(inputs.filter(input => input.port).map(input => [input.name, input]))
  for (const entry of entries) {
    const { field, value } = entry
    const [height, block] = entryHeight(entry)
    const row = builder.row({ kind: 'entry', entry, block }, height)
    const y = block ? row.top + LABEL / 2 : middle(row)
    const source = entry.sources.map(name => `$${name}`).find(name => given.has(name))
    const port = source && given.get(source)
    if (port) {
      builder.input({ ...port, label: field.label || field.name }, y)
      given.delete(port.name)
    } else if (!entry.sources.length) {
      const type = catalog.rules.fieldType(field)
      const required = Boolean(field.required) && value === undefined
      const label = field.label || field.name
      builder.input(input({ name: entryHandle(field.name), type, label, required }), y, true)
    }
  }
  const words = type.sink ? texts.addAResult : app === null || !app?.fields ? texts.addAnInput : ''
  if (words) {
    const row = builder.row({ kind: 'newEntry', words }, ROW)
    builder.input(input({ name: NEW_ENTRY, type: 'any', label: words }), middle(row), true)
  }
  const connected = new Set(attached.in.map(handle => portName(handle, 'in', [...given.keys()])))
  for (const port of given.values()) {
    // Waiting for another node is rare: its port shows when it has an edge, or in the list below.
    if (port.advanced && !connected.has(port.name)) continue
    builder.input(port, middle(builder.row({ kind: 'ports', input: port }, ROW)))
  }
  if (hidden) builder.row({ kind: 'more', count: hidden }, 24)
}

/** Height of an entry on the card, px, and whether its value is below its name. */
function entryHeight({ field, references }: Entry): [number, boolean] {
  if (references.length) return [ROW, false]
  if (field.type === 'list' || field.type === 'json') return [LABEL + 76, true]
  const { height, block } = requestHeight(field)
  return block ? [field.type === 'image' ? LABEL + 104 : height, true] : [ROW, false]
}

/** Room for the result of an app: much for images, little for words. */
function resultHeight(app: App | null | undefined): number {
  const known = app?.outputs ?? []
  const plain = known.length > 0 && known.every(({ type }) => !isMediaType(itemType(type)))
  return plain ? 64 : 168
}

function plainRows(
  builder: RowBuilder,
  catalog: Catalog,
  node: DocumentNode,
  type: NodeType,
  attached: Attached,
): void {
  const all = catalog.inputsOf(node)
  const outputs = catalog.outputsOf(node)
  const names = all.map(port => port.name)
  const connected = new Set(
    attached.in.map(handle => portName(handle, 'in', names)).filter(name => name !== null),
  )
  const inputs = shownInputs(node, all, connected)
  const blockHeight = (port: Input) =>
    (!connected.has(port.name) && BLOCK_HEIGHT[port.widget as string]) || 0
  const isBlock = (port: Input) => blockHeight(port) > 0
  const model = inputs.find(port => port.widget === 'model')
  const bare = inputs.filter(port => port.port && !port.widget)
  const withWidget = inputs.filter(port => port.widget && port !== model)
  let room = FIELDS_SHOWN
  const fields = withWidget.filter(
    port => connected.has(port.name) || (!port.advanced && (isBlock(port) || room-- > 0)),
  )
  const common = withWidget.filter(port => !port.advanced || connected.has(port.name))
  let left = outputs

  if (hasPreview(type)) {
    const row = builder.row({ kind: 'preview' }, previewHeight(type))
    const [only, ...others] = outputs
    if (only && !others.length) {
      builder.output(only, middle(row))
      left = []
    }
  }
  if (type.dynamic === 'declared') builder.row({ kind: 'graph' }, GRAPH_HEIGHT)
  if (model) builder.row({ kind: 'model', input: model }, ROW + 6)
  const blocks = fields.filter(isBlock)
  const hero = !bare.length && left.length === 1 ? blocks[0] : undefined
  const beside = hero && left[0]
  if (hero) left = []
  for (let i = 0; i < Math.max(bare.length, left.length); i++) {
    const [input, output] = [bare[i], left[i]]
    const row = builder.row({ kind: 'ports', input, output }, ROW)
    if (input) builder.input(input, middle(row))
    if (output) builder.output(output, middle(row))
  }
  for (const port of fields) {
    const tall = blockHeight(port)
    if (!tall) {
      const row = builder.row({ kind: 'field', input: port }, ROW)
      if (port.port) builder.input(port, middle(row), !connected.has(port.name))
      continue
    }
    const label = fields.length > 1 || port.required || port !== hero
    const row = builder.row({ kind: 'block', input: port, label }, tall + (label ? LABEL : 0))
    if (port.port) builder.input(port, label ? row.top + LABEL / 2 : middle(row), true)
    if (beside && port === hero) builder.output(beside, middle(row))
  }
  if (common.length > fields.length) {
    builder.row({ kind: 'more', count: withWidget.length - fields.length }, 24)
  }
}

function lostRows(builder: RowBuilder, attached: Attached): void {
  for (const side of ['in', 'out'] as const) {
    for (const handle of attached[side]) {
      const names = builder.ports.filter(port => port.side === side).map(port => port.name)
      if (portName(handle, side, names) !== null) continue
      const row = builder.row({ kind: 'lost', side, handle }, ROW)
      builder.lost(handle, side, middle(row))
    }
  }
}

function previewHeight(type: NodeType): number {
  if (type.sink) return 200
  const port = type.outputs.find(output => output.name === type.preview) ?? type.outputs[0]
  const writes = port?.type === 'text' && type.inputs.some(input => input.widget === 'model')
  if (writes) return WRITTEN_HEIGHT
  return PREVIEW_HEIGHT[type.preview ?? ''] ?? PREVIEW_HEIGHT[port?.type ?? ''] ?? 168
}

/** Room for a note's text, from the mean width of a character: nothing is measured. */
function noteHeight(node: DocumentNode, width: number): number {
  const characters = Math.max(8, Math.floor((width - 30) / 6.6))
  const text = typeof node.data.text === 'string' ? node.data.text : ''
  const lines = text
    .split('\n')
    .reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / characters)), 0)
  return Math.max(58, lines * 18 + 24)
}
