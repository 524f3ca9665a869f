/** The inputs of a node as choices: which output feeds each, in words, without drawing anything. */
import { X } from 'lucide-react'
import { useStore } from 'zustand'
import type { DocumentNode } from '../../api/document'
import type { Input } from '../../api/schema'
import { shownInputs } from '../../document/check'
import { connectedInputs, edgesInto } from '../../document/graph'
import { connect, refusal } from '../edits/commands'
import { disconnect, reconnect } from '../edits/connections'
import { type Session, useSession } from '../session'
import { texts } from '../texts'
import css from './Outline.module.css'

export function Connections({ node }: { node: DocumentNode }) {
  const session = useSession()
  const document = useStore(session.store.state, state => state.document)
  const connected = connectedInputs(document, session.catalog, node.id)
  const all = session.catalog.inputsOf(node)
  const inputs = shownInputs(node, all, connected).filter(input => input.port)
  if (!inputs.length) return null
  // What can be typed in is below with the fields: its connection is rare.
  const isOpen = (input: Input) =>
    !input.widget || edgesInto(session.store.document, node.id, input).length > 0
  const rare = inputs.filter(input => !isOpen(input))
  return (
    <section className={css.connections} aria-label={texts.inputs}>
      {inputs.filter(isOpen).map(input => (
        <Connection key={input.name} node={node} input={input} />
      ))}
      {rare.length > 0 && (
        <details>
          <summary>{texts.connectAField(rare.length)}</summary>
          {rare.map(input => (
            <Connection key={input.name} node={node} input={input} />
          ))}
        </details>
      )}
    </section>
  )
}

function Connection({ node, input }: { node: DocumentNode; input: Input }) {
  const session = useSession()
  const edges = edgesInto(session.store.document, node.id, input)
  const label = input.label || input.name
  const id = `outline-${node.id}-${input.name}`
  const choose = (value: string, edge?: string) => {
    if (!value) {
      if (edge) disconnect(session, [edge])
      return
    }
    const [source, sourceHandle] = JSON.parse(value) as [string, string]
    const connection = {
      source,
      sourceHandle,
      target: node.id,
      targetHandle: `${input.name}-in`,
    }
    if (edge) reconnect(session, edge, connection)
    else connect(session, connection)
  }
  const [first] = edges
  if (!input.many) {
    const from = first ? JSON.stringify([first.source, first.sourceHandle]) : ''
    return (
      <label className={css.connection} htmlFor={id}>
        <span>
          {label}
          {input.required && !first && <em>{texts.required}</em>}
        </span>
        <Sources
          id={id}
          node={node}
          input={input}
          value={from}
          label={label}
          onChoose={v => choose(v, first?.id)}
        />
      </label>
    )
  }
  return (
    <div className={css.connection} data-many>
      <span>{label}</span>
      {edges.map(edge => (
        <span key={edge.id} className={css.one}>
          ← {session.titleOf(edge.source)}
          <button
            type="button"
            aria-label={texts.disconnectFrom(session.titleOf(edge.source))}
            disabled={!session.store.canEdit}
            onClick={() => disconnect(session, [edge.id])}
          >
            <X size={15} />
          </button>
        </span>
      ))}
      <Sources id={id} node={node} input={input} value="" onChoose={choose} label={label} />
    </div>
  )
}

interface SourcesProps {
  id: string
  node: DocumentNode
  input: Input
  value: string
  label?: string
  onChoose: (value: string) => void
}

/** Outputs that fit first, the nearest of them first; then those that do not, with the reason. */
function Sources({ id, node, input, value, label, onChoose }: SourcesProps) {
  const session = useSession()
  const { fits, others } = sourcesFor(session, node, input)
  return (
    <select
      id={id}
      aria-label={label}
      value={value}
      disabled={!session.store.canEdit}
      onChange={event => onChoose(event.target.value)}
    >
      <option value="">{input.many ? texts.connectAnOutput : texts.notConnected}</option>
      {value && !fits.some(source => source.value === value) && (
        <option value={value}>← {session.titleOf((JSON.parse(value) as [string])[0])}</option>
      )}
      {fits.map(source => (
        <option key={source.value} value={source.value}>
          ← {source.name}
        </option>
      ))}
      {others.length > 0 && (
        <optgroup label={texts.doNotFit}>
          {others.map(source => (
            <option key={source.value} value={source.value} disabled>
              {`${source.name}: ${source.reason}`}
            </option>
          ))}
        </optgroup>
      )}
    </select>
  )
}

interface Source {
  value: string
  name: string
  reason: string | null
}

function sourcesFor(session: Session, node: DocumentNode, input: Input) {
  const { store, catalog } = session
  const far = (other: DocumentNode) =>
    Math.hypot(other.position.x - node.position.x, other.position.y - node.position.y)
  const nodes = store.document.nodes
    .filter(other => other.id !== node.id)
    .sort((a, b) => far(a) - far(b))
  const all = nodes.flatMap((other): Source[] => {
    const outputs = catalog.outputsOf(other)
    return outputs.map(output => {
      const handle = `${output.name}-out`
      const title = session.titleOf(other.id)
      const connection = {
        source: other.id,
        sourceHandle: handle,
        target: node.id,
        targetHandle: `${input.name}-in`,
      }
      return {
        value: JSON.stringify([other.id, handle]),
        name: outputs.length > 1 ? `${title}: ${output.label || output.name}` : title,
        reason: refusal(session, connection),
      }
    })
  })
  return {
    fits: all.filter(source => source.reason === null),
    others: all.filter(source => source.reason !== null).slice(0, 20),
  }
}
