/** What the palette offers for a query and a connection: inputs there are, then node types. */
import type { Connection } from '@xyflow/react'
import type { NodeType } from '../../api/catalog'
import type { Catalog } from '../../catalog/catalog'
import { fitting, searchOf } from '../../catalog/search'
import { ownTitle } from '../../catalog/title'
import { shownInputs } from '../../document/check'
import { connectedInputs } from '../../document/graph'
import { refusal } from '../edits/commands'
import type { Session } from '../session'
import type { Connecting } from '../view'
import type { Choice } from './NodeList'
import { texts } from './texts'

/** A row of the palette with what it adds: a new node, or an input of one that is there. */
export interface Offer extends Choice {
  type?: NodeType
  connection?: Connection
}

/** More inputs than this are found by typing. */
const MOST_INPUTS = 50

/** The rows for node types, by category while nothing is typed. */
export function typeOffers(catalog: Catalog, query: string, recent: readonly string[]): Offer[] {
  const typed = query.trim() !== ''
  const found = searchOf(catalog).find(query, recent)
  const recents = typed ? 0 : found.filter(type => recent.includes(type.type)).length
  return found.map((type, i) => ({
    ...offerOf(catalog, type),
    key: `${type.type}${i < recents ? ' recent' : ''}`,
    detail: typed ? type.category : undefined,
    heading: typed ? undefined : headingOf(found, i, recents),
  }))
}

/** The rows for what reaches further than any single type, where nothing is called as was typed. */
export function furtherOffers({ catalog }: Session): Offer[] {
  return searchOf(catalog)
    .further()
    .map(type => ({ ...offerOf(catalog, type), detail: texts.reaches[type.type as Further] }))
}

type Further = keyof typeof texts.reaches

/** The rows for node types that a connection fits, with its port there; others only when typed. */
export function fittingOffers(catalog: Catalog, query: string, connecting: Connecting): Offer[] {
  const from = connecting.side === 'out' ? 'output' : 'input'
  const all = fitting(catalog.rules, searchOf(catalog).find(query), { type: connecting.type, from })
  const shown = query.trim() ? all : all.filter(found => found.meant)
  return shown.map(({ type, port }) => ({
    ...offerOf(catalog, type),
    detail: `${from === 'output' ? 'to' : 'from'} ${port}`,
  }))
}

/** The rows for inputs of nodes in the document that an output can be connected to. */
export function inputOffers(session: Session, query: string, connecting: Connecting): Offer[] {
  const { catalog } = session
  const words = query.trim().toLowerCase().split(/\s+/).filter(Boolean)
  const offers: Offer[] = []
  for (const node of session.store.document.nodes) {
    const type = catalog.get(node.type)
    if (!type || node.id === connecting.node) continue
    const title = ownTitle(node) || type.name
    const connected = connectedInputs(session.store.document, catalog, node.id)
    for (const port of shownInputs(node, catalog.inputsOf(node), connected)) {
      const name = port.label || port.name
      const text = `${title} ${name}`.toLowerCase()
      if (!port.port || (port.advanced && !words.length)) continue
      if (!words.every(word => text.includes(word))) continue
      const connection = {
        source: connecting.node,
        sourceHandle: connecting.handle,
        target: node.id,
        targetHandle: `${port.name}-in`,
      }
      if (refusal(session, connection)) continue
      const key = texts.inputIdName(node.id, port.name)
      offers.push({ key, kind: port.type, name: title, detail: texts.toName(name), connection })
      if (offers.length === MOST_INPUTS) return offers
    }
  }
  return offers
}

function offerOf(catalog: Catalog, type: NodeType): Offer {
  return { key: type.type, kind: catalog.colorType(type), name: type.name, type }
}

function headingOf(types: readonly NodeType[], i: number, recents: number): string | undefined {
  if (i < recents) return i === 0 ? texts.recent : undefined
  const category = types[i]?.category
  return i === recents || category !== types[i - 1]?.category ? category : undefined
}
