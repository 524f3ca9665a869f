/** The list of shortcuts, made from the actions themselves; each can be given other keys. */
import { RotateCcw } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { Button } from '../../ui/controls/Button'
import { Dialog } from '../../ui/controls/Dialog'
import { SHORTCUT_GROUPS } from '../actions'
import { type Action, printed } from '../actions/action'
import { keysOf, ownKeys, resetKeys, setKeys, shortcutOf } from '../actions/keys'
import { useSession } from '../session'
import { texts as editorTexts } from '../texts'
import { pressed } from './recordKeys'
import css from './Shortcuts.module.css'
import { texts } from './texts'

interface Row {
  what: string
  how: string
  /** What its keys do; a gesture has none. */
  action?: Action
}

const GESTURES: readonly Row[] = [
  [editorTexts.addANode, texts.doubleClickTheCanvas],
  [texts.addAndConnect, texts.dropAConnectionOnEmptySpace],
  [editorTexts.insertANode, texts.doubleClickAConnection],
  [editorTexts.moveAConnection, texts.dragAnEndOfIt],
  [editorTexts.addAPoint, texts.dragItsMiddle],
  [texts.selectSeveral, texts.shiftAndDrag],
  [texts.lasso, texts.altAndDrag],
  [texts.copyByDragging, texts.holdAltAtTheStart],
  [texts.withoutGuides, texts.holdAlt],
  [texts.uploadAnImage, texts.dropOrPasteItAnywhere],
].map(([what = '', how = '']) => ({ what, how }))

/** What one line says of four keys. */
const NUDGES: Record<string, string> = {
  [editorTexts.moveTheSelection]: texts.arrows,
  [editorTexts.moveTheSelectionFar]: texts.shiftAndArrows,
}
/** Keys that are the browser's own, or four at once: they stay as they are. */
const FIXED = new Set(['copy', 'cut', 'paste', 'escape'])
const changeable = (action: Action) => !FIXED.has(action.id) && !NUDGES[action.label]

/** Keys that were pressed for an action and belong to others. */
interface Conflict {
  action: Action
  keys: string
  others: readonly Action[]
}

export function Shortcuts() {
  const { view } = useSession()
  const [query, setQuery] = useState('')
  const [recording, setRecording] = useState<string | null>(null)
  const [conflict, setConflict] = useState<Conflict | null>(null)
  const own = useStore(ownKeys, state => state.keys)
  const words = query.trim().toLowerCase().split(/\s+/).filter(Boolean)
  const groups = [
    ...SHORTCUT_GROUPS.map(({ title, actions }) => ({ title, rows: rowsOf(actions) })),
    { title: texts.gestures, rows: GESTURES },
  ]
    .map(({ title, rows }) => ({ title, rows: rows.filter(row => has(row, words)) }))
    .filter(({ rows }) => rows.length > 0)

  const take = (action: Action, keys: string) => {
    setRecording(null)
    const others = usersOf(keys).filter(other => other !== action)
    if (others.length) setConflict({ action, keys, others })
    else setKeys({ [action.id]: keys })
  }
  const replace = ({ action, keys, others }: Conflict) => {
    const freed = others.filter(changeable).map(other => [other.id, ''])
    setKeys({ ...Object.fromEntries(freed), [action.id]: keys })
    setConflict(null)
  }
  return (
    <Dialog
      title={editorTexts.keyboardShortcuts}
      onClose={() => view.setState({ shortcuts: false })}
      wide
    >
      <div className={css.top}>
        <input
          type="search"
          data-autofocus
          className={css.search}
          aria-label={texts.searchShortcuts}
          placeholder={texts.searchShortcuts}
          value={query}
          onChange={event => setQuery(event.target.value)}
        />
        <Button disabled={!Object.keys(own).length} onClick={resetKeys}>
          {texts.resetAllKeys}
        </Button>
      </div>
      {conflict && (
        <div className={css.conflict} role="alert">
          <p>
            {texts.keysAreTaken(
              printed(conflict.keys),
              conflict.others.map(({ label }) => label.replace('…', '')).join(', '),
            )}
          </p>
          {conflict.others.every(changeable) && (
            <Button tone="primary" onClick={() => replace(conflict)}>
              {texts.useTheKeysHere}
            </Button>
          )}
          <Button onClick={() => setConflict(null)}>{texts.keepAsIs}</Button>
        </div>
      )}
      {groups.map(({ title, rows }) => (
        <section key={title} className={css.group}>
          <h3>{title}</h3>
          <dl className={css.list}>
            {rows.map(({ what, how, action }) => (
              <div key={what}>
                <dt>{what.replace('…', '')}</dt>
                <dd>
                  {action && changeable(action) ? (
                    <Keys
                      action={action}
                      recording={recording === action.id}
                      changed={own[action.id] !== undefined}
                      onRecord={() => {
                        setConflict(null)
                        setRecording(action.id)
                      }}
                      onTake={keys => take(action, keys)}
                      onStop={() => setRecording(null)}
                    />
                  ) : action ? (
                    <kbd>{how}</kbd>
                  ) : (
                    how
                  )}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      {!groups.length && <p>{editorTexts.noResultsFor(query.trim())}</p>}
      <p className={css.note}>{texts.keysAreKeptHere}</p>
    </Dialog>
  )
}

interface KeysProps {
  action: Action
  recording: boolean
  changed: boolean
  onRecord: () => void
  onTake: (keys: string) => void
  onStop: () => void
}

/** The keys of one action: a press records others, which Escape breaks off. */
function Keys({ action, recording, changed, onRecord, onTake, onStop }: KeysProps) {
  useEffect(() => {
    if (!recording) return
    const hear = (event: KeyboardEvent) => {
      event.preventDefault()
      event.stopImmediatePropagation()
      if (event.key === 'Escape') return onStop()
      const keys = pressed(event)
      if (keys) onTake(keys)
    }
    window.addEventListener('keydown', hear, true)
    return () => window.removeEventListener('keydown', hear, true)
  }, [recording, onTake, onStop])
  const name = action.label.replace('…', '')
  return (
    <>
      {changed && (
        <button
          type="button"
          className={css.reset}
          title={texts.resetKeys}
          aria-label={texts.resetKeysOf(name)}
          onClick={() => setKeys({ [action.id]: undefined })}
        >
          <RotateCcw size={12} aria-hidden />
        </button>
      )}
      <button
        type="button"
        className={css.keys}
        aria-label={recording ? texts.pressKeys : texts.changeKeys(name, keysOf(action))}
        data-recording={recording || undefined}
        onClick={recording ? onStop : onRecord}
        onBlur={() => recording && onStop()}
      >
        <kbd data-none={!keysOf(action) || undefined}>
          {recording ? texts.pressKeys : keysOf(action) || texts.noKeys}
        </kbd>
      </button>
    </>
  )
}

/** The actions that keys do. */
function usersOf(keys: string): Action[] {
  return SHORTCUT_GROUPS.flatMap(({ actions }) =>
    actions.filter(
      action =>
        shortcutOf(action)?.toLowerCase() === keys.toLowerCase() || action.alsoKeys?.includes(keys),
    ),
  )
}

function rowsOf(actions: readonly Action[]): Row[] {
  const seen = new Set<string>()
  return actions.flatMap(action => {
    const { label } = action
    if (seen.has(label)) return []
    seen.add(label)
    return [{ what: label, how: NUDGES[label] ?? keysOf(action), action }]
  })
}

const has = ({ what, how }: Row, words: readonly string[]) =>
  words.every(word => `${what} ${how}`.toLowerCase().includes(word))
