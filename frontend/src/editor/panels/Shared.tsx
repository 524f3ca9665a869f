/** The fields that several selected nodes share: what is set here is set on all of them. */
import { useStore } from 'zustand'
import type { DocumentNode, Json } from '../../api/document'
import type { Input } from '../../api/schema'
import type { Catalog } from '../../catalog/catalog'
import { fieldValue, shownInputs } from '../../document/check'
import { connectedInputs } from '../../document/graph'
import { specOf } from '../../ui/fields/spec'
import { entriesKey } from '../apps/entries'
import { setFields } from '../edits/commands'
import { NodeField } from '../fields/NodeField'
import { useSession } from '../session'
import { texts as editorTexts } from '../texts'
import css from './Inspector.module.css'
import { texts } from './texts'

/** Values that are offered to be set on all. */
const MOST_CHIPS = 6
/** Characters of a value that is offered. */
const LONGEST = 24

/** The fields that all nodes have alike: one name, one type, one kind of control. */
export function sharedInputs(catalog: Catalog, nodes: readonly DocumentNode[]): Input[] {
  const [first, ...rest] = nodes.map(node => {
    const type = catalog.get(node.type)
    const plain = type && type.dynamic !== 'fields' && !entriesKey(type)
    return plain ? catalog.inputsOf(node).filter(input => input.widget) : []
  })
  return (first ?? []).filter(input =>
    rest.every(inputs =>
      inputs.some(
        other =>
          other.name === input.name && other.type === input.type && other.widget === input.widget,
      ),
    ),
  )
}

export function Shared({ ids }: { ids: readonly string[] }) {
  const session = useSession()
  const { store, catalog } = session
  const document = useStore(store.state, state => state.document)
  const nodes = ids.map(id => store.node(id)).filter(node => node !== undefined)
  const connected = nodes.map(node => connectedInputs(document, catalog, node.id))
  const used = new Set(
    nodes.flatMap((node, i) =>
      shownInputs(node, catalog.inputsOf(node), connected[i] ?? new Set()).map(({ name }) => name),
    ),
  )
  const inputs = sharedInputs(catalog, nodes).filter(input => used.has(input.name))
  if (!inputs.length) return null
  return (
    <div className={css.fields}>
      {inputs.map(input => {
        const open = nodes.filter((_, i) => !connected[i]?.has(input.name))
        return <SharedField key={input.name} input={input} nodes={open} count={nodes.length} />
      })}
    </div>
  )
}

function SharedField({
  input,
  nodes,
  count,
}: {
  input: Input
  nodes: readonly DocumentNode[]
  count: number
}) {
  const session = useSession()
  const spec = specOf(input)
  const [first] = nodes
  if (!first) return null
  const values = new Map(
    nodes.map(node => {
      const value = fieldValue(node, input)
      return [JSON.stringify(value ?? null), value] as const
    }),
  )
  const mixed = values.size > 1
  const id = `inspect-shared-${input.name}`
  const set = (value: Json | undefined) =>
    setFields(
      session,
      nodes.map(node => node.id),
      input.name,
      value,
    )
  const chips = [...values.values()].filter(
    value => (typeof value === 'string' && value.length <= LONGEST) || typeof value === 'number',
  )
  return (
    <div className={css.field} data-inline={(spec.widget === 'toggle' && !mixed) || undefined}>
      <label htmlFor={id}>
        {spec.label}
        <small>
          {[nodes.length < count && editorTexts.nodes(nodes.length), mixed && texts.mixed]
            .filter(Boolean)
            .join(', ')}
        </small>
      </label>
      <NodeField
        id={id}
        spec={mixed ? { ...spec, placeholder: texts.mixed } : spec}
        node={first.id}
        value={mixed ? null : fieldValue(first, input)}
        disabled={!session.store.canEdit}
        onChange={set}
      />
      {mixed && chips.length > 0 && (
        <p className={css.chips}>
          {chips.slice(0, MOST_CHIPS).map(value => (
            <button
              key={String(value)}
              type="button"
              disabled={!session.store.canEdit}
              title={texts.setOnAll(String(value))}
              onClick={() => set(value as Json)}
            >
              {input.labels[String(value)] ?? String(value)}
            </button>
          ))}
        </p>
      )}
    </div>
  )
}
