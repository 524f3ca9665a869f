/** What the entries of an app say. */
import { defineTexts } from '../../lib/locale'

export const texts = defineTexts({
  changeTheInput: 'Change the input',
  aWorkflowOfThisServer: 'A workflow of this server.',
  builtIn: 'built in',
  builtIntoThisServer: 'Built into this server.',
  atFal: 'at fal',
  thisServerHasNoApp:
    'This server has no app of this name: it runs at fal, with your credential for fal.',
  chooseAnApp: 'Choose an app',
  apps: 'Apps',
  searchApps: 'Search apps',
  searchOrTypeOwnerName: 'Search, or type owner/name',
  appsFound: 'Apps found',
  useThisId: 'Use this id',
  noResultsHere: 'No results here. An id such as owner/name may run at fal.',
  removeTheReference: 'Remove the reference',
  allInputs: 'All inputs',
  connectHereOrClickToType: 'Connect here, or click to type',
  asAForm: 'As a form',
  asJson: 'As JSON',
  removeIt: 'Remove it',
  leaveLabelOut: (label: string) => `Leave ${label} out`,
  nameOfANewEntry: 'Name of a new entry',
  anotherNameSuchAsSeed: 'Another name, such as seed',
  add: 'Add',
  aWorkflow: 'workflow',
  labelApp: (label: string, app: string) => `${label}: ${app}`,
  labelNoApp: (label: string) => `${label}: none chosen`,
  nothingProvides: (written: string) => `${written}: no connection provides this`,
  standForValues:
    '<code>$input.name</code> and <code>$node.path</code> stand for values of this workflow.',
})
