/** What the list of files says. */
import { amount, defineTexts, plural } from '../../lib/locale'

export const texts = defineTexts({
  assets: 'Assets',
  search: 'Search names and prompts',
  yourFiles: 'Your files',
  loading: 'Loading',
  count: (files: number) => plural(files, { one: '1 file', other: `${amount(files)} files` }),

  // filters
  filters: 'Filters',
  clear: 'Clear filters',
  all: 'All',
  kind: 'Type',
  kinds: { image: 'Images', video: 'Videos', audio: 'Audio', file: 'Other files' },
  source: 'Source',
  anySource: 'Made and uploaded',
  sources: { made: 'Made', uploaded: 'Uploaded' },
  workflow: 'Workflow',
  anyWorkflow: 'Any workflow',
  withCount: (name: string, count: number) => `${name} (${amount(count)})`,
  nodeType: 'Node',
  anyNode: 'Any node',
  thisNode: 'This node',
  time: 'Time',
  anyTime: 'Any time',
  lastDays: (days: number) =>
    plural(days, { one: 'Last 24 hours', other: `Last ${amount(days)} days` }),
  starredOnly: 'Starred',
  collection: 'Collection',

  // empty
  nothing: 'No files yet',
  nothingAbout: 'Results of runs and uploaded files appear here.',
  noMatch: 'No file matches.',
  emptyCollection: 'This collection is empty. Select files and add them.',

  // grid
  file: (name: string) => name || 'Unnamed file',
  open: (name: string) => `Open ${name}`,
  select: (name: string) => `Select ${name}`,
  star: (name: string) => `Star ${name}`,
  selectHelp: 'Shift and click selects a range',
  loadingMore: 'Loading more',

  // many
  selected: (count: number) => `${amount(count)} selected`,
  selectAll: (total: number) => `Select all ${amount(total)}`,
  selecting: 'Selecting …',
  starMany: 'Star',
  unstarMany: 'Remove star',
  addTo: 'Add to collection',
  takeOut: 'Remove from collection',
  download: 'Download',
  delete: 'Delete',
  clearSelection: 'Clear selection',
  added: (count: number, name: string) =>
    plural(count, { one: `Added to ${name}`, other: `${amount(count)} files added to ${name}` }),
  removed: (count: number) =>
    plural(count, {
      one: 'Removed from the collection',
      other: `${amount(count)} files removed from the collection`,
    }),

  // collections
  collections: 'Collections',
  newCollection: 'New collection',
  createCollection: 'Create a collection',
  renameCollection: 'Rename collection',
  name: 'Name',
  create: 'Create',
  rename: 'Rename',
  save: 'Save',
  options: (name: string) => `Options of ${name}`,
  deleteCollection: (name: string) => `Delete the collection ${name}?`,
  deleteCollectionAbout: 'Its files stay.',
  nameNeeded: 'Enter a name.',

  // deleting
  deleteFiles: (count: number) =>
    plural(count, { one: 'Delete this file?', other: `Delete ${amount(count)} files?` }),
  looking: 'Looking for what uses them …',
  unused: 'No workflow and no run uses them.',
  usedBy: 'Still used by',
  usedIn: (nodes: string) => `in ${nodes}`,
  pinnedIn: (nodes: string) => `pinned result of ${nodes}`,
  asCover: 'as its cover',
  template: 'template',
  moreWorkflows: (count: number) =>
    plural(count, { one: 'and 1 more workflow', other: `and ${amount(count)} more workflows` }),
  runsUse: (count: number) =>
    plural(count, {
      one: 'the results or inputs of 1 run',
      other: `the results or inputs of ${amount(count)} runs`,
    }),
  whatBreaks: 'Where a file is used, it will be missing. This cannot be undone.',
  cannotBeUndone: 'This cannot be undone.',
  firstThousand: 'Only the first 1,000 files were checked.',
  deleteAnyway: 'Delete anyway',
  deleted: (count: number) =>
    plural(count, { one: 'File deleted', other: `${amount(count)} files deleted` }),

  // details
  details: 'File',
  fullSize: 'Full size',
  detailsOf: 'Details',
  close: 'Close',
  cancel: 'Cancel',
  previous: 'Previous',
  next: 'Next',
  howMade: 'How it was made',
  uploadedAt: 'Uploaded',
  madeAt: 'Made',
  node: 'Node',
  model: 'Model',
  cost: 'Cost',
  took: 'Time',
  credits: (credits: number) =>
    plural(credits, { one: '1 credit', other: `${amount(credits)} credits` }),
  free: 'free',
  size: 'Size',
  openRun: 'Open run',
  openWorkflow: 'Open workflow as it was',
  runGone: 'Its run is no longer there.',
  inputs: 'Inputs of the run',
  settings: 'Settings',
  starredKept: 'Starred files and files in a collection are never cleaned up.',
  expires: 'Deleted by itself',
  remove: (name: string) => `Remove from ${name}`,
  copy: (label: string) => `Copy ${label}`,

  // dragging
  addToCanvas: 'Add to canvas',
})
