/** Every action of the editor, in the order in which menus and the shortcut list show them. */
import type { Action } from './action'
import { addNode } from './addNode'
import { cancelRun } from './cancelRun'
import { clearSelection } from './clearSelection'
import { continueFrom } from './continueFrom'
import { copy } from './copy'
import { cut } from './cut'
import { deleteSelected } from './deleteSelected'
import { duplicate } from './duplicate'
import { exportFile } from './exportFile'
import { fitSelection } from './fitSelection'
import { fitView } from './fitView'
import { importFile } from './importFile'
import { nudges } from './nudges'
import { openGraph } from './openGraph'
import { openMenu } from './openMenu'
import { paste } from './paste'
import { redo } from './redo'
import { rename } from './rename'
import { runAgain } from './runAgain'
import { runAll } from './runAll'
import { runFrom } from './runFrom'
import { runNode } from './runNode'
import { save } from './save'
import { selectAll } from './selectAll'
import { shortcuts } from './shortcuts'
import { theme } from './theme'
import { undo } from './undo'
import { useAsApi } from './useAsApi'
import { walkDown, walkUp } from './walk'
import { zoomIn, zoomOut } from './zoom'

export const ACTIONS: readonly Action[] = [
  addNode,
  runNode,
  runFrom,
  continueFrom,
  openGraph,
  rename,
  duplicate,
  copy,
  cut,
  paste,
  selectAll,
  fitView,
  fitSelection,
  runAll,
  runAgain,
  cancelRun,
  undo,
  redo,
  zoomIn,
  zoomOut,
  save,
  walkUp,
  walkDown,
  openMenu,
  ...nudges,
  importFile,
  exportFile,
  useAsApi,
  theme,
  shortcuts,
  clearSelection,
  deleteSelected,
]
