/** What the editor says where no room of it has texts of its own, or several say the same. */
import { amount, defineTexts, plural } from '../lib/locale'

export const texts = defineTexts({
  adjustOnTheImage: 'Adjust on the image',

  // models
  chooseAModel: 'Choose a model',

  // session
  editsNotSaved: (edits: number, reason: string) =>
    plural(edits, {
      one: `One edit could not be saved: ${reason}`,
      other: `${amount(edits)} edits could not be saved: ${reason}`,
    }),
  partsAreGone: (parts: number) =>
    plural(parts, {
      one: 'One part of this step was skipped: another user has changed it since.',
      other: `${amount(parts)} parts of this step were skipped: another user has changed them since.`,
    }),
  aDeletedNode: 'a deleted node',
  loadingTheWorkflow: 'Loading the workflow',
  thereIsNoSuchWorkflow: 'There is no such workflow',
  theWorkflowCannotBeOpened: 'The workflow cannot be opened',
  itMayHaveBeenDeleted: 'It may have been deleted, or it belongs to another user.',
  goToYourWorkflows: 'Go to your workflows',

  // flow
  addAResult: 'Add a result',
  addAnInput: 'Add an input',
  connectionFromTo: (from: string, to: string) => `Connection from ${from} to ${to}`,

  // apps
  changeName: (name: string) => `Change ${name}`,
  connect: 'Connect',
  required: 'required',
  inputName: '$input.name',

  // edits
  moveNodes: (nodes: number) =>
    plural(nodes, { one: 'Move 1 node', other: `Move ${amount(nodes)} nodes` }),
  changeAField: 'Change a field',

  // card
  titleFailed: (title: string) => `${title} failed`,
  andMoreNodes: (nodes: number) => `and ${amount(nodes)} more`,
  tryAgain: 'Try again',
  outdated: 'Outdated',
  inputsChangedSinceThisResult: 'Inputs changed since this result',
  titleOfThisNode: 'Title of this node',
  download: 'Download',
  openTheResult: 'Open result',
  useAsInput: 'Use as input',
  putIn: (title: string) => `Use in ${title}`,
  runningWord: 'running',
  percent: (percent: number) => `${percent} %`,

  // canvas
  moveANode: 'Move a node',
  aConnectionGoesFromAnOutput: 'A connection goes from an output to an input.',
  noPortOfThisNodeAccepts: 'No port of this node accepts this connection.',
  addANodeN: 'Add a node (N)',
  addANode: 'Add a node',
  view: 'View',
  zoomToFitF: 'Zoom to fit (F)',
  naturalSize: 'Natural size',
  canvas: 'Canvas',
  nodesFarAway: (count: number) =>
    plural(count, {
      one: '1 node from afar; the outline lists it',
      other: `${amount(count)} nodes from afar; the outline lists them`,
    }),
  node: 'Node',
  connection: 'Connection',
  dropImagesOrAWorkflowFile: 'Drop images, or a workflow file',
  dropAWorkflowFileToOpen: 'Drop a workflow file to open it',
  whatDoYouWantToCreate: 'What do you want to create?',
  searchNodes: 'Search nodes',
  searchNodesResize: 'Search nodes: resize, text, crop…',
  orDropAnImage: 'or drop an image or a workflow file anywhere',

  // actions
  ctrl: 'Ctrl',
  shift: 'Shift',
  alt: 'Alt',
  del: 'Del',
  esc: 'Esc',
  addANodeDots: 'Add a node…',
  zoomToFit: 'Zoom to fit',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  connectTo: 'Connect to…',
  copy: 'Copy',
  cut: 'Cut',
  delete: 'Delete',
  deletedNodes: (nodes: number) =>
    plural(nodes, {
      one: 'Deleted 1 node.',
      other: `Deleted ${amount(nodes)} nodes.`,
    }),
  undo: 'Undo',
  duplicate: 'Duplicate',
  moveTheSelection: 'Move the selection',
  moveTheSelectionFar: 'Move the selection far',
  paste: 'Paste',
  thisBrowserLetsPagesPaste: 'This browser lets pages paste by keyboard only: press Ctrl+V.',
  redo: 'Redo',
  thereIsNothingToRedo: 'There is nothing to redo.',
  rename: 'Rename',
  thereIsNothingToUndo: 'There is nothing to undo.',
  cancelTheRun: 'Cancel the run',
  runWithoutCache: 'Run without cache',
  runEverything: 'Run everything',
  runFromHere: 'Run from here',
  runTheseAgain: 'Run again to here',
  runToHere: 'Run to here',
  runOnly: (nodes: number) => (nodes > 1 ? 'Run only these' : 'Run only this'),
  deselect: 'Deselect',
  zoomToSelection: 'Zoom to selection',
  openGraph: 'Open graph',
  openTheMenu: 'Open the menu',
  selectAll: 'Select all',
  keyboardShortcuts: 'Keyboard shortcuts',
  lightOrDark: 'Light or dark',
  goToThePreviousNode: 'Go to the previous node',
  goToTheNextNode: 'Go to the next node',
  export: 'Export…',
  import: 'Import…',
  saveNow: 'Save now',
  everythingIsSaved: 'Everything is saved.',
  useAsApi: 'Use as API…',

  // palette
  inputs: 'Inputs',
  noResultsFor: (query: string) => `No results for “${query}”. These reach further:`,
  andMore: (more: number) => `and ${amount(more)} more`,

  // dialogs
  theCanvasIsStillEmpty: 'The canvas is still empty.',

  // panels
  nodes: (nodes: number) => plural(nodes, { one: '1 node', other: `${amount(nodes)} nodes` }),
  shareEllipsis: 'Share…',
  share: 'Share',
  sharedBy: (owner: string) => `Shared by ${owner}`,
  paidBy: (owner: string, number: number) =>
    `v${amount(number)} runs with ${owner}'s keys, charged to ${owner}.`,
  chargedTo: (owner: string) => `Charged to ${owner}`,
  makeACopy: 'Make a copy',
  nodesSelected: (nodes: number) =>
    plural(nodes, { one: '1 node selected', other: `${amount(nodes)} nodes selected` }),

  // run
  done: 'Done',

  // topbar
  playground: 'Playground',
  importExportAndMore: 'Import, export and more',
  workflow: 'Workflow',
  saved: 'Saved',
  saving: 'Saving…',
  offlineChangesStored: (changes: number) =>
    plural(changes, {
      one: 'Offline, 1 change stored',
      other: `Offline, ${amount(changes)} changes stored`,
    }),
  notSaved: 'Not saved',
  retry: 'Retry',
  allWorkflows: 'All workflows',
  history: 'History',
  historyPanel: 'History panel',
  undoKeys: (keys: string) => `Undo (${keys})`,
  redoKeys: (keys: string) => `Redo (${keys})`,
  theWorkflowAsAForm: 'The workflow as a form',
  useAsApiCode: 'Use as API: code to copy, and who can run it',
  api: 'API',
  renameTheWorkflow: 'Rename the workflow',
  nameOfTheWorkflow: 'Name of the workflow',

  // finding
  findNodes: 'Find nodes',
  findPlaceholder: 'Title, type, value or error',
  findNext: 'Next match',
  findPrevious: 'Previous match',
  previous: 'Previous',
  next: 'Next',
  close: 'Close',
  matchOf: (at: number, matches: number) => `${amount(at)} of ${amount(matches)}`,
  errorWord: 'Error',
  foundIn: (where: string, what: string) => `${where}: ${what}`,
  commands: 'Commands',
  searchCommands: 'Search commands, nodes and workflows',
  commandsToDo: 'Do',
  commandsGoTo: 'Go to',
  commandsAdd: 'Add a node',
  commandsOpen: 'Open workflow',
  groupAdd: 'Add and copy',
  groupRun: 'Run',
  groupArrange: 'Arrange and edit',
  groupSelect: 'Select and move about',
  groupFind: 'Find and view',
  selectUpstream: 'Select what feeds it',
  selectDownstream: 'Select what it feeds',
  selectConnected: 'Select connected nodes',
  selectSameType: 'Select same type',

  // outline
  outline: 'Outline',
  comment: 'Comment…',
  comments: 'Comments',
  moreThan: (count: number) => `${count}+`,
  unreadComments: (count: number) =>
    plural(count, { one: '1 unread comment', other: `${amount(count)} unread comments` }),
  outlineO: 'Outline (O)',

  // app
  app: 'App',
  showInApp: (label: string) => `Show ${label} in App`,
  takeOutOfApp: (label: string) => `Take ${label} out of App`,
  showFieldInApp: 'Show in App',
  editTheApp: 'Edit the app…',

  // assets
  assets: 'Assets',
  assetsI: 'Assets (I)',
  openAssetsPage: 'Open the Assets page',
  from: (title: string) => `← ${title}`,
  fromAndMore: (title: string, more: number) => `← ${title} and ${amount(more)} more`,
  notConnected: 'Not connected',
  connectAnOutput: 'Connect an output…',
  doNotFit: 'Do not fit',
  connectAField: (fields: number) =>
    plural(fields, { one: 'Connect a field', other: `Connect one of ${amount(fields)} fields` }),
  disconnectFrom: (title: string) => `Disconnect ${title}`,

  // arranging
  tidy: 'Tidy',
  alignTo: {
    left: 'Align left',
    center: 'Align centers',
    right: 'Align right',
    top: 'Align top',
    middle: 'Align middles',
    bottom: 'Align bottom',
  },
  distributeX: 'Distribute horizontally',
  distributeY: 'Distribute vertically',

  // frames
  frame: 'Frame',
  collapse: 'Collapse',
  expand: 'Expand',

  // connections
  moveAConnection: 'Move a connection',
  insertANode: 'Insert a node…',
  addAPoint: 'Add a point',
  moveAPoint: 'Move a point',
  removeAPoint: 'Remove a point',
  removePoints: 'Remove its points',
  dragToAddAPoint: 'Drag to add a point',
  pointOf: (point: number, points: number) => `Point ${amount(point)} of ${amount(points)}`,
  moveId: (id: string) => `move ${id}`,
  swapConnectionsLabel: 'Swap inputs',
  deleteWithoutJoining: 'Delete without reconnecting',

  // modes
  bypass: 'Bypass',
  stopBypassing: 'Stop bypassing',
  mute: 'Mute',
  unmute: 'Unmute',
  pin: 'Pin result',
  unpin: 'Unpin result',

  // ports
  requiredPort: (port: string) => `${port} (required)`,
})
