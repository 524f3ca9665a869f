/** Move the selected nodes with the arrow keys: one step, or ten with Shift. */
import { nudge } from '../../edits/commands'
import { texts } from '../../texts'
import { type Action, canEdit, selection } from '../action'

const STEP = 8 // px
const WAYS: [string, number, number][] = [
  ['ArrowLeft', -1, 0],
  ['ArrowRight', 1, 0],
  ['ArrowUp', 0, -1],
  ['ArrowDown', 0, 1],
]

export const nudges: Action[] = WAYS.flatMap(([key, x, y]) =>
  [1, 10].map(
    times =>
      ({
        id: `nudge-${key}-${times}`,
        label: times === 1 ? texts.moveTheSelection : texts.moveTheSelectionFar,
        shortcut: times === 1 ? key : `Shift+${key}`,
        when: session => canEdit(session) && selection(session).length > 0,
        run: session => nudge(session, selection(session), x * STEP * times, y * STEP * times),
      }) satisfies Action,
  ),
)
