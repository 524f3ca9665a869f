/** Does what the button of an error offers. */
import type { Operation } from '../../api/document'
import { handleId } from '../../catalog/ports'
import { edgesInto } from '../../document/graph'
import { reveal } from '../canvas/viewport'
import { makeNode } from '../edits/commands'
import type { Session } from '../session'
import type { Repair } from './repairs'
import { texts } from './texts'

const GAP = 80 // px between cards

/** Repair the error of a node that names one of its inputs, if it does. */
export function repair(session: Session, what: Repair, id: string, field?: string): void {
  const node = session.store.node(id)
  if (!node) return
  if (what === 'retry' || what === 'run') void session.runner.run({ only: [id] })
  else if (what === 'bindKey') session.view.setState({ keys: true })
  else if (what === 'model' || what === 'weights') openPicker(session, id)
  else if (what === 'cutOut') insertBefore(session, 'cutOut', id, field)
  else if (what === 'connect' && offersNodes(session, id, field)) return
  else {
    session.flow.select([id])
    const focusField = what === 'chooseKey' && field ? { node: id, field } : null
    session.view.setState({ inspectorOpen: true, focusField })
    reveal(session, id)
  }
}

/** Open the picker at the field of a node that chooses its model. */
function openPicker(session: Session, id: string): void {
  const node = session.store.node(id)
  const field = node && session.catalog.inputsOf(node).find(input => input.widget === 'model')
  if (field) session.view.setState({ picker: { node: id, field: field.name, from: 'card' } })
}

/** Open the palette with what feeds an input; false where nothing can be connected to it. */
function offersNodes(session: Session, id: string, field = ''): boolean {
  const node = session.store.node(id)
  const type = node && session.catalog.get(node.type)
  const port = type?.inputs.find(input => input.name === field && input.port)
  if (!node || !port) return false
  const place = { x: node.position.x - 280 - GAP, y: node.position.y }
  const at = session.rf?.flowToScreenPosition(node.position) ?? place
  session.flow.select([id])
  session.view.setState({
    palette: {
      at,
      place,
      connecting: {
        node: id,
        port: port.name,
        handle: handleId(port.name, 'in'),
        side: 'in',
        type: port.type,
      },
    },
  })
  return true
}

/** Put a node of one input and one output of interest between an input and what feeds it. */
function insertBefore(session: Session, type: string, id: string, field = 'image'): void {
  const { store, catalog } = session
  const node = store.node(id)
  const port = node && catalog.get(node.type)?.inputs.find(input => input.name === field)
  const [edge] = node && port ? edgesInto(store.document, id, port) : []
  if (!node || !edge) return
  const made = makeNode(session, type, node.position)
  const shift = (made.width ?? 280) + GAP
  const operations: Operation[] = [
    { op: 'node.add', node: made },
    { op: 'edge.remove', id: edge.id },
    {
      op: 'edge.add',
      edge: {
        ...edge,
        id: `${edge.id}-${made.id}`,
        target: made.id,
        targetHandle: handleId('image', 'in'),
      },
    },
    {
      op: 'edge.add',
      edge: {
        id: `${made.id}-${id}`,
        source: made.id,
        sourceHandle: handleId('image', 'out'),
        target: id,
        targetHandle: edge.targetHandle ?? null,
      },
    },
    // What is to the right makes room.
    ...store.document.nodes
      .filter(other => other.position.x >= node.position.x)
      .map(
        (other): Operation => ({
          op: 'node.set',
          id: other.id,
          key: 'position',
          value: { ...other.position, x: other.position.x + shift },
        }),
      ),
  ]
  const name = catalog.get(type)?.name ?? type
  store.edit(operations, { label: texts.insertName(name) })
  session.flow.select([made.id])
  reveal(session, made.id)
}
