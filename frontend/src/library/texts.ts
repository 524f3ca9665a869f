/** What the library says. */
import { amount, defineTexts, list, plural } from '../lib/locale'

export const texts = defineTexts({
  openResult: 'Open result',
  openResultOf: (name: string) => `Open the result of ${name}`,
  nodes: (nodes: number) => plural(nodes, { one: '1 node', other: `${amount(nodes)} nodes` }),
  notRunYet: 'Not run yet',
  editedWhen: (when: string) => `edited ${when}`,
  running: 'Running',
  failedAtFailedNode: (failedNode: string) => `Failed at ${failedNode}`,
  failed: 'Failed',
  cancelled: 'Cancelled',
  done: 'Done',
  doneInTime: (time: string) => `Done in ${time}`,
  folders: (folders: number) =>
    plural(folders, { one: '1 folder', other: `${amount(folders)} folders` }),
  importedMadeOfFilesWorkflows: (made: number, files: number) =>
    `Imported ${amount(made)} of ${amount(files)} workflows`,
  untitledWorkflow: 'Untitled workflow',
  searchWorkflowsAndTemplates: 'Search workflows and templates',
  newFolderHere: 'New folder here',
  importWorkflowFiles: 'Import workflow files',
  new: 'New',
  templates: (templates: number) =>
    plural(templates, { one: '1 template', other: `${amount(templates)} templates` }),
  dropAWorkflowFileToImport: 'Drop a workflow file to import it',
  yourWorkflows: 'Your workflows',
  inAllFolders: 'In all folders',
  inThisFolder: 'In this folder',

  // deleting
  deletedName: (name: string) => `Deleted ${name}`,
  undo: 'Undo',

  // cards
  archivedWorkflows: (workflows: number) =>
    plural(workflows, {
      one: 'Archived 1 workflow',
      other: `Archived ${amount(workflows)} workflows`,
    }),
  selectedWorkflows: 'Selected workflows',
  moveTo: 'Move to …',
  archive: 'Archive',
  deselectAll: 'Deselect all',
  open: 'Open',
  rename: 'Rename',
  duplicate: 'Duplicate',
  select: 'Select',
  tags: 'Tags',
  publishAsATemplate: 'Publish as a template',
  unpublish: 'Unpublish',
  export: 'Export …',
  unarchive: 'Unarchive',
  hide: 'Hide',
  unhide: 'Unhide',
  delete: 'Delete',
  newNameOfName: (name: string) => `New name of ${name}`,
  showEverythingTaggedTag: (tag: string) => `Show everything tagged ${tag}`,
  archivedName: (name: string) => `Archived ${name}`,
  unarchivedName: (name: string) => `Unarchived ${name}`,
  hidName: (name: string) => `Hid ${name}`,
  selectName: (name: string) => `Select ${name}`,
  hidden: 'Hidden',
  unreadComments: (comments: number, mentions: number) => {
    const unread = plural(comments, {
      one: '1 unread comment',
      other: `${amount(comments)} unread comments`,
    })
    return mentions ? `${unread}, ${amount(mentions)} mention you` : unread
  },
  sharedBy: (user: string) => `Shared by ${user}`,
  template: 'Template',
  newerTemplate: 'Newer template',
  actionsForName: (name: string) => `Actions for ${name}`,
  selectedCount: (workflows: number) => `${amount(workflows)} selected`,
  inFolder: (path: string) => `in ${path}`,
  keysStayYours: (said: string, keys: readonly string[]) =>
    `${said}. Your keys stay yours: ${list(keys)}`,
  isNoLongerHidden: (name: string) => `${name} is no longer hidden`,
  isATemplate: (name: string) => `${name} is now a template for all users`,
  isNoLongerATemplate: (name: string) => `${name} is no longer a template`,
  deleteKey: 'Delete',

  // folders
  allWorkflows: 'All workflows',
  aFolder: 'a folder',
  workflows: (workflows: number) =>
    plural(workflows, { one: '1 workflow', other: `${amount(workflows)} workflows` }),
  movedWhatToName: (what: string, name: string) => `Moved ${what} to ${name}`,
  renameTheFolder: 'Rename the folder',
  newFolder: 'New folder',
  nameOfTheFolderInName: (name: string) => `Name of the folder in ${name}`,
  name: 'Name',
  cancel: 'Cancel',
  create: 'Create',
  hereNow: 'here now',
  foldersTitle: 'Folders',
  workflowsInNoFolder: 'Workflows, in no folder',
  move: 'Move',
  deletedTheFolderName: (name: string) => `Deleted the folder ${name}`,
  deleteName: (name: string) => `Delete ${name}?`,
  thisFolderIsEmpty: 'This folder is empty.',
  keepItsContents: 'Keep its contents',
  deleteEverythingInIt: 'Delete everything in it',
  thisCannotBeUndone: 'This cannot be undone. Runs and their results stay.',
  deleteContents: (contents: string) => `Delete ${contents}`,
  deleteTheFolder: 'Delete the folder',
  newFolderInside: 'New folder inside',
  actionsForTheFolderName: (name: string) => `Actions for the folder ${name}`,
  foldersHere: 'Folders here',
  createOneToGroupWorkflows: 'Create one to group workflows.',
  openUpName: (name: string) => `Open up ${name}`,
  foldName: (name: string) => `Fold ${name}`,
  whereYouAre: 'Where you are',
  workflowsTitle: 'Workflows',
  thereIsNoFolderYet: 'There is no folder yet. <make>Make one</make>',
  itHolds: (contents: string) => `It holds ${contents}.`,
  itMovesUpTo: (folder: string) => `It moves up to ${folder}.`,
  empty: 'empty',

  // dialogs
  tagsOfName: (name: string) => `Tags of ${name}`,
  save: 'Save',
  moveWhatTo: (what: string) => `Move ${what} to`,
  moveTheFolderNameTo: (name: string) => `Move the folder ${name} to`,
  importedWithNotes: 'Imported, with notes',
  whatWasImported: 'What was imported',

  // empty
  copyOneOfTheseAndPress:
    'Copy one of these and press Run, or start with an empty canvas by pressing New.',
  loadingYourWorkflows: 'Loading your workflows',
  nothingInFolderYet: (folder: string) =>
    `Nothing in ${folder} yet. Drag workflows onto it, choose “Move to …” from a card's menu, or press New to begin one here.`,

  // filter
  all: 'All',
  archived: 'Archived',
  show: 'Show',
  showHidden: 'Show hidden',
  orderBy: 'Order by',
  lastEdited: 'Last edited',
  everythingHereIsArchivedOrHidden: 'Everything here is archived or hidden.',
  nothingIsRunning: 'Nothing is running.',
  nothingHasFailed: 'Nothing has failed.',
  nothingIsArchived: 'Nothing is archived.',
  nothingHereIsTaggedTag: (tag: string) => `Nothing here is tagged ${tag}.`,
  thisFolderIsNoLongerThere: 'This folder is no longer there.',
  noneOfYourWorkflowsMatchesSearch: (search: string) =>
    `None of your workflows matches “${search}”.`,
  showAll: 'Show all',

  // templates
  toUseTheTemplateName: (name: string) => `Use the template ${name}`,
  copying: 'Copying …',
  startFromATemplate: 'Start from a template',
  allTemplates: (templates: number) => `All ${amount(templates)}`,
})
