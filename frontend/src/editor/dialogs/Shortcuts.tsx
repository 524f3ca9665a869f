/** The list of shortcuts, made from the actions themselves, by what they are about. */
import { useState } from 'react'
import { useStore } from 'zustand'
import { Dialog } from '../../ui/controls/Dialog'
import { SHORTCUT_GROUPS } from '../actions'
import { type Action, printed } from '../actions/action'
import { useSession } from '../session'
import { texts } from '../texts'
import css from './Shortcuts.module.css'

interface Row {
  what: string
  how: string
  isKey: boolean
}

const GESTURES: readonly Row[] = [
  [texts.addANode, texts.doubleClickTheCanvas],
  [texts.addAndConnect, texts.dropAConnectionOnEmptySpace],
  [texts.insertANode, texts.doubleClickAConnection],
  [texts.moveAConnection, texts.dragAnEndOfIt],
  [texts.selectSeveral, texts.shiftAndDrag],
  [texts.lasso, texts.altAndDrag],
  [texts.copyByDragging, texts.holdAltAtTheStart],
  [texts.withoutGuides, texts.holdAlt],
  [texts.uploadAnImage, texts.dropOrPasteItAnywhere],
].map(([what = '', how = '']) => ({ what, how, isKey: false }))

/** What one line says of four keys. */
const NUDGES: Record<string, string> = {
  [texts.moveTheSelection]: texts.arrows,
  [texts.moveTheSelectionFar]: texts.shiftAndArrows,
}

export function Shortcuts() {
  const { view } = useSession()
  const open = useStore(view, state => state.shortcuts)
  const [query, setQuery] = useState('')
  if (!open) return null
  const words = query.trim().toLowerCase().split(/\s+/).filter(Boolean)
  const groups = [
    ...SHORTCUT_GROUPS.map(({ title, actions }) => ({ title, rows: rowsOf(actions) })),
    { title: texts.gestures, rows: GESTURES },
  ]
    .map(({ title, rows }) => ({ title, rows: rows.filter(row => has(row, words)) }))
    .filter(({ rows }) => rows.length > 0)
  return (
    <Dialog
      title={texts.keyboardShortcuts}
      onClose={() => {
        setQuery('')
        view.setState({ shortcuts: false })
      }}
    >
      <input
        type="search"
        data-autofocus
        className={css.search}
        aria-label={texts.searchShortcuts}
        placeholder={texts.searchShortcuts}
        value={query}
        onChange={event => setQuery(event.target.value)}
      />
      {groups.map(({ title, rows }) => (
        <section key={title} className={css.group}>
          <h3>{title}</h3>
          <dl className={css.list}>
            {rows.map(({ what, how, isKey }) => (
              <div key={what}>
                <dt>{what.replace('…', '')}</dt>
                <dd>{isKey ? <kbd>{how}</kbd> : how}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      {!groups.length && <p>{texts.noResultsFor(query.trim())}</p>}
    </Dialog>
  )
}

function rowsOf(actions: readonly Action[]): Row[] {
  const seen = new Set<string>()
  return actions.flatMap(({ label, shortcut }) => {
    if (!shortcut || seen.has(label)) return []
    seen.add(label)
    return [{ what: label, how: NUDGES[label] ?? printed(shortcut), isKey: true }]
  })
}

const has = ({ what, how }: Row, words: readonly string[]) =>
  words.every(word => `${what} ${how}`.toLowerCase().includes(word))
