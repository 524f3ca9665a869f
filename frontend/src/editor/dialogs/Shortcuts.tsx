/** The list of shortcuts, made from the actions themselves. */
import { useStore } from 'zustand'
import { Dialog } from '../../ui/controls/Dialog'
import { ACTIONS } from '../actions'
import { printed } from '../actions/action'
import { useSession } from '../session'
import { texts } from '../texts'
import css from './Shortcuts.module.css'

const GESTURES: [string, string][] = [
  [texts.addANode, texts.doubleClickTheCanvas],
  [texts.addAndConnect, texts.dropAConnectionOnEmptySpace],
  [texts.selectSeveral, texts.shiftAndDrag],
  [texts.uploadAnImage, texts.dropOrPasteItAnywhere],
]

/** What one line says of four keys. */
const NUDGES: Record<string, string> = {
  [texts.moveTheSelection]: texts.arrows,
  [texts.moveTheSelectionFar]: texts.shiftAndArrows,
}

export function Shortcuts() {
  const { view } = useSession()
  const open = useStore(view, state => state.shortcuts)
  if (!open) return null
  const seen = new Set<string>()
  const rows = ACTIONS.filter(action => {
    if (!action.shortcut || seen.has(action.label)) return false
    seen.add(action.label)
    return true
  })
  return (
    <Dialog title={texts.keyboardShortcuts} onClose={() => view.setState({ shortcuts: false })}>
      <dl className={css.list}>
        {rows.map(action => (
          <div key={action.id}>
            <dt>{action.label.replace('…', '')}</dt>
            <dd>
              <kbd>{NUDGES[action.label] ?? printed(action.shortcut)}</kbd>
            </dd>
          </div>
        ))}
        {GESTURES.map(([what, how]) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>{how}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
