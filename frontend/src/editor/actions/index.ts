/** Every action of the editor, in the order in which menus and the shortcut list show them. */
import { texts } from '../texts'
import type { Action } from './action'
import { addNode } from './graph/addNode'
import { aligns, distributes, tidyAction } from './graph/arrange'
import { bypass } from './graph/bypass'
import { collapseSelected } from './graph/collapse'
import { continueFrom } from './graph/continueFrom'
import { copy } from './graph/copy'
import { cut } from './graph/cut'
import { deletePlainly, deleteSelected } from './graph/deleteSelected'
import { duplicate } from './graph/duplicate'
import { frame } from './graph/frame'
import { inApp } from './graph/inApp'
import { insertNode } from './graph/insertNode'
import { mute } from './graph/mute'
import { nudges } from './graph/nudges'
import { paste } from './graph/paste'
import { pin } from './graph/pin'
import { addPointAction, straighten } from './graph/points'
import { redo } from './graph/redo'
import { rename } from './graph/rename'
import { swapInputs } from './graph/swap'
import { undo } from './graph/undo'
import { cancelRun } from './run/cancelRun'
import { runAgain } from './run/runAgain'
import { runAll } from './run/runAll'
import { runAlone } from './run/runAlone'
import { runFrom } from './run/runFrom'
import { runNode } from './run/runNode'
import { runNodeAgain } from './run/runNodeAgain'
import { assets } from './view/assets'
import { clearSelection } from './view/clearSelection'
import { commands } from './view/commands'
import { comment, comments } from './view/comment'
import { find, findNext, findPrevious } from './view/find'
import { fitSelection } from './view/fitSelection'
import { fitView } from './view/fitView'
import { history } from './view/history'
import { openGraph } from './view/openGraph'
import { openMenu } from './view/openMenu'
import { openResultAction } from './view/openResult'
import { outline } from './view/outline'
import { selectAll } from './view/selectAll'
import { selects } from './view/selectMore'
import { shortcuts } from './view/shortcuts'
import { theme } from './view/theme'
import { walkDown, walkUp } from './view/walk'
import { zoomIn, zoomOut } from './view/zoom'
import { app } from './workflow/app'
import { exportFile } from './workflow/exportFile'
import { importFile } from './workflow/importFile'
import { openHistory } from './workflow/openHistory'
import { save } from './workflow/save'
import { share } from './workflow/share'
import { useAsApi } from './workflow/useAsApi'

export const ACTIONS: readonly Action[] = [
  addNode,
  inApp,
  runAlone,
  runNode,
  runFrom,
  runNodeAgain,
  continueFrom,
  comment,
  openGraph,
  openResultAction,
  rename,
  bypass,
  mute,
  pin,
  collapseSelected,
  frame,
  tidyAction,
  ...aligns,
  ...distributes,
  duplicate,
  copy,
  cut,
  paste,
  selectAll,
  ...selects,
  find,
  findNext,
  findPrevious,
  commands,
  outline,
  assets,
  comments,
  history,
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
  openHistory,
  importFile,
  exportFile,
  app,
  share,
  useAsApi,
  theme,
  shortcuts,
  clearSelection,
  insertNode,
  addPointAction,
  straighten,
  swapInputs,
  deleteSelected,
  deletePlainly,
]

/** The same actions by what they are about, for the list of shortcuts. */
export const SHORTCUT_GROUPS: readonly { title: string; actions: readonly Action[] }[] = [
  {
    title: texts.groupAdd,
    actions: [addNode, continueFrom, comment, rename, duplicate, copy, cut, paste],
  },
  {
    title: texts.groupRun,
    actions: [
      runAll,
      runAlone,
      runNode,
      runFrom,
      runNodeAgain,
      runAgain,
      cancelRun,
      bypass,
      mute,
      pin,
    ],
  },
  {
    title: texts.groupArrange,
    actions: [
      tidyAction,
      frame,
      collapseSelected,
      ...nudges,
      addPointAction,
      deleteSelected,
      deletePlainly,
      undo,
      redo,
    ],
  },
  {
    title: texts.groupSelect,
    actions: [selectAll, ...selects, walkUp, walkDown, openMenu, clearSelection],
  },
  {
    title: texts.groupFind,
    actions: [
      commands,
      openResultAction,
      outline,
      assets,
      history,
      find,
      findNext,
      findPrevious,
      fitView,
      fitSelection,
      zoomIn,
      zoomOut,
    ],
  },
  {
    title: texts.workflow,
    actions: [save, openHistory, importFile, exportFile, app, useAsApi, theme, shortcuts],
  },
]
