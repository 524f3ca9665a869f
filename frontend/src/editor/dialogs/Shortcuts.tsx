/** The list of shortcuts, made from the actions themselves. */
import { useStore } from 'zustand'
import { Dialog } from '../../ui/controls/Dialog'
import { ACTIONS } from '../actions'
import { printed } from '../actions/action'
import { useSession } from '../session'
import css from './Shortcuts.module.css'

const GESTURES: [string, string][] = [
  ['Add a node', 'Double-click the canvas'],
  ['Add and connect', 'Drop a connection on empty space'],
  ['Select several', 'Shift and drag'],
  ['Upload an image', 'Drop or paste it anywhere'],
]

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
    <Dialog title="Keyboard shortcuts" onClose={() => view.setState({ shortcuts: false })}>
      <dl className={css.list}>
        {rows.map(action => (
          <div key={action.id}>
            <dt>{action.label.replace('…', '')}</dt>
            <dd>
              <kbd>
                {action.label.startsWith('Move the selection')
                  ? `${action.label.endsWith('far') ? 'Shift+' : ''}arrows`
                  : printed(action.shortcut)}
              </kbd>
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
