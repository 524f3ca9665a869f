/** The workflow as an app: which fields its form has, how it shows them, and the form itself. */
import { ExternalLink, Plus, X } from 'lucide-react'
import { useState } from 'react'
import { useStore } from 'zustand'
import type { WorkflowDocument } from '../../api/document'
import type { RequestField } from '../../api/schema'
import { requestFields } from '../../catalog/ports'
import { ownTitle } from '../../catalog/title'
import { Button } from '../../ui/controls/Button'
import { addNode } from '../edits/commands'
import { AddField } from '../fields/AddField'
import { useSession } from '../session'
import css from './AppView.module.css'
import { Example } from './Example'
import { FieldRows } from './FieldRows'
import { Preview } from './Preview'
import { texts } from './texts'

/** A node that declares fields. */
interface Source {
  id: string
  title: string
  fields: RequestField[]
}

export function AppView() {
  const session = useSession()
  const { store, view, catalog } = session
  const document = useStore(store.state, state => state.document)
  const [marked, setMarked] = useState<string | null>(null)
  const sources = sourcesOf(document, type => catalog.get(type)?.name ?? type)
  const close = () => view.setState({ app: false })
  const mark = (name: string) => {
    setMarked(name)
    const source = sources.find(({ fields }) => fields.some(field => field.name === name))
    if (source) view.setState({ openField: `${source.id} ${name}` })
  }
  let place = 0
  return (
    <section
      className={css.app}
      aria-label={texts.app}
      onKeyDown={event => {
        // The canvas has other things to do with character keys, arrows and Delete.
        if (!event.ctrlKey && !event.metaKey) event.stopPropagation()
        if (event.key === 'Escape') close()
      }}
    >
      <div className={css.form}>
        <header className={css.head}>
          <h2>{texts.form}</h2>
          <span>{texts.fieldCount(sources.flatMap(({ fields }) => shown(fields)).length)}</span>
          <Button tone="ghost" label={texts.close} icon={<X size={16} />} onClick={close} />
        </header>
        <div className={css.scroll}>
          {sources.map(source => {
            const before = place
            place += shown(source.fields).length
            return (
              <div key={source.id} className={css.source}>
                {sources.length > 1 && <h3>{source.title}</h3>}
                <FieldRows
                  id={source.id}
                  fields={source.fields}
                  first={before + 1}
                  onOpen={setMarked}
                />
                {store.canEdit && (
                  <AddField id={source.id} first={!source.fields.length} className={css.add} />
                )}
              </div>
            )
          })}
          {!sources.length && (
            <div className={css.empty}>
              <p>{texts.noInputs}</p>
              {store.canEdit && (
                <Button
                  tone="primary"
                  icon={<Plus aria-hidden size={15} />}
                  onClick={() => addNode(session, 'requestInput', { x: 0, y: 0 }, { clear: true })}
                >
                  {texts.addInputs}
                </Button>
              )}
            </div>
          )}
          <Example />
        </div>
        <footer className={css.foot}>
          <span>{texts.savedAtOnce}</span>
          <a href={`/play/${session.slug}`} target="_blank" rel="noreferrer">
            <ExternalLink aria-hidden size={14} />
            {texts.openApp}
          </a>
        </footer>
      </div>
      <Preview document={document} marked={marked} onMark={mark} />
    </section>
  )
}

const shown = (fields: readonly RequestField[]) => fields.filter(field => field.hidden !== true)

function sourcesOf(document: WorkflowDocument, nameOf: (type: string) => string): Source[] {
  return document.nodes
    .filter(node => node.type === 'requestInput')
    .map(node => ({
      id: node.id,
      title: ownTitle(node) || nameOf(node.type),
      fields: requestFields(node.data),
    }))
}
