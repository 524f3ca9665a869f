/** A ComfyUI file dropped on the card of a ComfyUI workflow: its graph takes the place of the old. */
import type { DocumentNode, JsonObject, Operation } from '../../api/document'
import { importFile } from '../../api/imports'
import { declaredInputs, declaredOutputs } from '../../catalog/ports'
import { links } from '../../document/graph'
import { isJson } from '../../importing/files'
import { errorMessage } from '../../lib/errors'
import { toast } from '../../lib/toasts'
import type { Session } from '../session'
import { graphOf } from './comfy'
import { texts } from './texts'

/**
 * Put the graph of a file into a node, with the ports that suit it; edges and values stay where a
 * port of their name does. Returns false when this is no matter of this node and this file. A
 * image is taken only where there is no graph yet: else it may be meant as an image.
 */
export async function takeGraph(
  session: Session,
  node: DocumentNode,
  file: File,
): Promise<boolean> {
  if (session.catalog.get(node.type)?.dynamic !== 'declared') return false
  if (!isJson(file) && graphOf(node.data)) return false
  try {
    const { document, name } = await importFile(file)
    const found = document.nodes.find(other => other.type === node.type)
    if (!found || !graphOf(found.data)) return false
    session.store.edit(replacing(session, node, found.data), {
      label: texts.toUseTheGraphOfName(name),
    })
    toast(texts.thisNodeNowHasTheGraph(name))
    return true
  } catch (error) {
    if (!isJson(file)) return false
    toast(errorMessage(error), { tone: 'bad' })
    return true
  }
}

function replacing(session: Session, node: DocumentNode, data: JsonObject): Operation[] {
  const type = session.catalog.get(node.type)
  if (!type) return []
  const { id } = node
  const { into, outOf } = links(session.store.document)
  const names = (rows: readonly { name: string }[]) => new Set(rows.map(row => row.name))
  const inputs = names(declaredInputs(type, data))
  const outputs = names([...declaredOutputs(type, data), ...type.outputs])
  const gone = [
    ...(into.get(id) ?? []).filter(edge => !reaches(edge.targetHandle, 'in', inputs)),
    ...(outOf.get(id) ?? []).filter(edge => !reaches(edge.sourceHandle, 'out', outputs)),
  ]
  const values = declaredInputs(type, node.data)
    .map(row => row.name)
    .filter(name => !inputs.has(name) && name in node.data)
  return [
    ...gone.map((edge): Operation => ({ op: 'edge.remove', id: edge.id })),
    ...values.map((field): Operation => ({ op: 'field.set', id, field })),
    ...(['graph', 'inputs', 'outputs'] as const).map(
      (field): Operation => ({ op: 'field.set', id, field, value: data[field] }),
    ),
  ]
}

function reaches(handle: unknown, side: 'in' | 'out', names: ReadonlySet<string>): boolean {
  return [...names].some(name => handle === name || handle === `${name}-${side}`)
}
