/** All there is to say and set of one node: its fields, its modes, its results. */

import { ChevronRight, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { NodeType } from '../../api/catalog'
import type { DocumentNode, Json } from '../../api/document'
import type { Input } from '../../api/schema'
import { ownTitle } from '../../catalog/title'
import { fieldValue, shownInputs } from '../../document/check'
import { connectedInputs } from '../../document/graph'
import { Button } from '../../ui/controls/Button'
import { specOf } from '../../ui/fields/spec'
import { useDraft } from '../../ui/fields/useDraft'
import { lazily } from '../../ui/shell/lazily'
import { EntriesPanel } from '../apps/EntriesPanel'
import { entriesKey } from '../apps/entries'
import { setField } from '../edits/commands'
import { PARKED, parkedOf } from '../edits/refit'
import { InApp } from '../fields/InApp'
import { NodeField } from '../fields/NodeField'
import { RequestFields } from '../fields/RequestFields'
import { RequestValues } from '../fields/RequestValues'
import { useRandom } from '../fields/random'
import { useSession } from '../session'
import { texts as editorTexts } from '../texts'
import css from './Inspector.module.css'
import { Modes } from './Modes'
import { OnError } from './OnError'
import { Results } from './Results'
import { texts } from './texts'

// Few nodes bring their own panel.
const ComfyPanel = lazily(async () => (await import('../comfy/ComfyPanel')).default)

export function NodeDetails({ id }: { id: string }) {
  const { store, catalog, view } = useSession()
  const content = useStore(store.state, state => state.document)
  const focused = useStore(view, state => state.focusField)
  useEffect(() => {
    if (focused?.node !== id) return
    document.getElementById(`inspect-${id}-${focused.field}`)?.focus()
    view.setState({ focusField: null })
  }, [focused, id, view])
  const node = store.node(id)
  if (!node) return null
  const type = catalog.get(node.type)
  const connected = connectedInputs(content, catalog, id)
  const inputs = shownInputs(node, catalog.inputsOf(node), connected).filter(input => input.widget)
  return (
    <>
      <div className={css.head}>
        <Title
          node={node}
          name={ownTitle({ ...node, data: { ...node.data, label: '' } }) || type?.name || node.type}
        />
        <p>{type?.description ?? texts.thisServerDoesNotHave}</p>
        <Modes ids={[id]} />
      </div>
      {type?.dynamic === 'fields' ? (
        <>
          <RequestValues node={node} />
          <RequestFields id={id} data={node.data} />
        </>
      ) : entriesKey(type) ? (
        <EntriesPanel node={node} type={type as NodeType} />
      ) : (
        <Fields node={node} inputs={inputs} connected={connected} />
      )}
      {type?.dynamic === 'model' && <Parked node={node} />}
      {type?.dynamic === 'declared' && <ComfyPanel node={node} type={type} />}
      {type?.runs !== false && <Results id={id} type={type} />}
      {type?.runs && type.dynamic !== 'fields' && !type.sink && <OnError node={node} type={type} />}
    </>
  )
}

function Title({ node, name }: { node: DocumentNode; name: string }) {
  const session = useSession()
  const draft = useDraft(String(node.data.label ?? ''), text =>
    setField(session, node.id, 'label', text.trim() || undefined),
  )
  return (
    <input
      className={css.title}
      aria-label={editorTexts.titleOfThisNode}
      placeholder={name}
      disabled={!session.store.canEdit}
      value={draft.shown}
      onChange={event => draft.change(event.target.value)}
      onBlur={draft.settle}
    />
  )
}

interface FieldsProps {
  node: DocumentNode
  inputs: Input[]
  connected: ReadonlySet<string>
}

function Fields({ node, inputs, connected }: FieldsProps) {
  const [more, setMore] = useState(false)
  const common = inputs.filter(input => !input.advanced)
  const advanced = inputs.filter(input => input.advanced)
  if (!inputs.length) return null
  return (
    <div className={css.fields}>
      {common.map(input => (
        <Labelled
          key={input.name}
          node={node}
          input={input}
          connected={connected.has(input.name)}
        />
      ))}
      {advanced.length > 0 && (
        <button
          type="button"
          className={css.more}
          aria-expanded={more}
          onClick={() => setMore(!more)}
        >
          <ChevronRight size={14} /> {texts.advanced(advanced.length)}
        </button>
      )}
      {more &&
        advanced.map(input => (
          <Labelled
            key={input.name}
            node={node}
            input={input}
            connected={connected.has(input.name)}
          />
        ))}
    </div>
  )
}

/** Values that the chosen model does not take: they wait for one that does. */
function Parked({ node }: { node: DocumentNode }) {
  const session = useSession()
  const parked = parkedOf(node)
  const names = Object.keys(parked)
  if (!names.length) return null
  const forget = (name: string) => {
    const { [name]: _, ...rest } = parked
    setField(session, node.id, PARKED, Object.keys(rest).length ? rest : undefined)
  }
  return (
    <section className={css.parked} aria-label={texts.parked}>
      <h3>{texts.parked}</h3>
      <dl>
        {names.map(name => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{shortly(parked[name])}</dd>
            {session.store.canEdit && (
              <Button
                tone="ghost"
                label={texts.forget(name)}
                icon={<X size={13} />}
                onClick={() => forget(name)}
              />
            )}
          </div>
        ))}
      </dl>
      <p className={css.help}>{texts.parkedHelp}</p>
    </section>
  )
}

const LONGEST = 60

function shortly(value: Json | undefined): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null)
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}

function Labelled({
  node,
  input,
  connected,
}: {
  node: DocumentNode
  input: Input
  connected: boolean
}) {
  const session = useSession()
  const spec = specOf(input)
  const random = useRandom(node.id, input)
  const id = `inspect-${node.id}-${input.name}`
  const inline = spec.widget === 'toggle'
  return (
    <div className={css.field} data-inline={inline || undefined}>
      <div className={css.label}>
        <label htmlFor={id}>{spec.label}</label>
        {spec.required && <em title={editorTexts.required}>{editorTexts.required}</em>}
        <InApp id={node.id} input={input} />
      </div>
      {connected ? (
        <p className={css.connected}>{texts.connectedSentence}</p>
      ) : (
        <NodeField
          id={id}
          spec={spec}
          node={node.id}
          value={fieldValue(node, input)}
          disabled={!session.store.canEdit}
          onChange={value => setField(session, node.id, input.name, value)}
          {...random}
        />
      )}
      {spec.help && <p className={css.help}>{spec.help}</p>}
    </div>
  )
}
