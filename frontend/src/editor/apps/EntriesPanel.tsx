/** The entries of an app's input or a result object in the inspector: all of them, and as JSON. */
import { Braces, ListTree, Plus, X } from 'lucide-react'
import { useState } from 'react'
import { useStore } from 'zustand'
import type { NodeType } from '../../api/catalog'
import type { DocumentNode, Json } from '../../api/document'
import { Button } from '../../ui/controls/Button'
import { specOf } from '../../ui/fields/spec'
import { rich } from '../../ui/text/rich'
import { setField } from '../edits/commands'
import { NodeField } from '../fields/NodeField'
import inspector from '../panels/Inspector.module.css'
import { useSession } from '../session'
import { texts as editorTexts } from '../texts'
import { Chips } from './Chips'
import css from './EntriesPanel.module.css'
import { specFor } from './EntryRow'
import { setEntry, setRecord } from './edit'
import { type Entry, entriesKey, entriesOf, recordOf } from './entries'
import { texts } from './texts'

export function EntriesPanel({ node, type }: { node: DocumentNode; type: NodeType }) {
  const session = useSession()
  const app = useStore(session.apps.state, state =>
    typeof node.data.app === 'string' ? state.known.get(node.data.app.trim()) : undefined,
  )
  const [raw, setRaw] = useState(false)
  const key = entriesKey(type) as string
  const whole = recordOf(node, key) !== null
  const others = type.inputs.filter(input => input.widget && input.name !== key)
  const asJson = raw || !whole
  return (
    <div className={inspector.fields}>
      {others.map(input => (
        <div
          key={input.name}
          className={inspector.field}
          data-inline={input.widget === 'toggle' || undefined}
        >
          <label htmlFor={`inspect-${node.id}-${input.name}`}>{input.label}</label>
          <NodeField
            id={`inspect-${node.id}-${input.name}`}
            spec={specOf(input)}
            node={node.id}
            value={node.data[input.name] ?? input.default}
            disabled={!session.store.canEdit}
            onChange={value => setField(session, node.id, input.name, value)}
          />
          {input.help && <p className={inspector.help}>{input.help}</p>}
        </div>
      ))}
      {app?.description && <p className={css.about}>{app.description}</p>}
      <div className={css.head}>
        <h3>{type.inputs.find(input => input.name === key)?.label}</h3>
        {whole && (
          <Button
            tone="ghost"
            icon={asJson ? <ListTree aria-hidden size={14} /> : <Braces aria-hidden size={14} />}
            onClick={() => setRaw(!raw)}
          >
            {asJson ? texts.asAForm : texts.asJson}
          </Button>
        )}
      </div>
      {asJson ? (
        <Raw node={node} type={type} name={key} />
      ) : (
        <>
          {entriesOf(node, key, app).map(entry => (
            <Line key={entry.field.name} node={node} entry={entry} />
          ))}
          {session.store.canEdit && <NewEntry node={node} />}
        </>
      )}
    </div>
  )
}

function Raw({ node, type, name }: { node: DocumentNode; type: NodeType; name: string }) {
  const session = useSession()
  const input = type.inputs.find(declared => declared.name === name)
  if (!input) return null
  return (
    <div className={inspector.field}>
      <NodeField
        spec={specOf(input)}
        value={node.data[name] ?? null}
        disabled={!session.store.canEdit}
        onChange={value => setRecord(session, node.id, value as Json | undefined)}
      />
      <p className={inspector.help}>
        {rich(texts.standForValues, { code: words => <code>{words}</code> })}
      </p>
    </div>
  )
}

function Line({ node, entry }: { node: DocumentNode; entry: Entry }) {
  const session = useSession()
  const { field, value, references } = entry
  const spec = specFor(field, value)
  const id = `inspect-${node.id}-entry-${field.name}`
  const set = (next: Json | undefined) => setEntry(session, node.id, field.name, next)
  const refers = references.length > 0
  const single = references.length === 1 && typeof value === 'string'
  return (
    <div
      className={inspector.field}
      data-inline={(!refers && spec.widget === 'toggle') || undefined}
    >
      <label htmlFor={id}>
        <span title={field.name}>{spec.label}</span>
        {spec.required && <em className={css.required}>{editorTexts.required}</em>}
        {value !== undefined && session.store.canEdit && (
          <button
            type="button"
            className={css.remove}
            title={texts.removeIt}
            aria-label={texts.leaveLabelOut(spec.label)}
            onClick={() => set(undefined)}
          >
            <X aria-hidden size={13} />
          </button>
        )}
      </label>
      {refers && (
        <div className={css.chips}>
          <Chips id={node.id} references={references} />
        </div>
      )}
      {(single || !refers) && (
        <NodeField
          id={id}
          spec={single ? { ...spec, widget: 'text', type: 'text' } : spec}
          value={value ?? field.default ?? null}
          disabled={!session.store.canEdit}
          onChange={next => set(next as Json | undefined)}
        />
      )}
      {spec.help && <p className={inspector.help}>{spec.help}</p>}
    </div>
  )
}

function NewEntry({ node }: { node: DocumentNode }) {
  const session = useSession()
  const [name, setName] = useState('')
  const add = () => {
    const wanted = name.trim()
    if (!wanted) return
    setEntry(session, node.id, wanted, '')
    setName('')
  }
  return (
    <form
      className={css.add}
      onSubmit={event => {
        event.preventDefault()
        add()
      }}
    >
      <input
        className={css.name}
        aria-label={texts.nameOfANewEntry}
        placeholder={texts.anotherNameSuchAsSeed}
        value={name}
        onChange={event => setName(event.target.value)}
      />
      <Button type="submit" icon={<Plus aria-hidden size={14} />} disabled={!name.trim()}>
        {texts.add}
      </Button>
    </form>
  )
}
