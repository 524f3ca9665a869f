/** What the page of templates says. */
import { amount, defineTexts, plural } from '../lib/locale'

/** What is behind the first of several needs. */
const and = (more: number) => (more ? ` and ${amount(more)} more` : '')

export const texts = defineTexts({
  undo: 'Undo',
  yours: 'Yours',
  templatesTitle: 'Templates',
  useCopies: 'Use copies it to your workflows; the template stays as it is.',
  searchTemplates: 'Search templates',
  loading: 'Loading',
  templates: (templates: number) =>
    plural(templates, { one: '1 template', other: `${amount(templates)} templates` }),

  // filters
  gives: 'Gives',
  category: 'Category',
  needsLabel: 'Needs',
  all: 'All',
  allCategories: 'All categories',
  anything: 'Anything',
  kinds: { image: 'Image', video: 'Video', audio: 'Audio', text: 'Text' },
  wantings: {
    nothing: 'Nothing',
    key: 'A key',
    weights: 'A local model',
    server: 'A model server',
    runner: 'A runner',
  },
  filters: 'Filters',
  noTemplateMatches: 'No template matches.',
  showAll: (templates: number) => `Show all ${amount(templates)}`,
  thereAreNoTemplatesYet:
    'There are no templates yet. Publish one of your workflows: it is in the menu of its card.',
  toYourWorkflows: 'To your workflows',

  // a card
  toUseTheTemplateName: (name: string) => `Use the template ${name}`,
  use: 'Use',
  copying: 'Copying …',
  copiesAndOpens: 'Copies it to your workflows and opens the copy',
  by: (author: string) => `by ${author}`,
  seconds: (seconds: number) => `${amount(seconds)} s`,
  free: 'free',
  paidPerUse: 'paid per use',
  aboutCredits: (credits: number) =>
    plural(credits, { one: 'about 1 credit', other: `about ${amount(credits)} credits` }),
  needsNothing: 'needs nothing',
  readyWith: (name: string) => `ready: ${name}`,
  needs: {
    key: (name: string, more: number) => `needs a key: ${name}${and(more)}`,
    weights: (name: string, more: number) => `needs a model: ${name}${and(more)}`,
    server: (name: string, more: number) => `needs a server: ${name}${and(more)}`,
    runner: (name: string, more: number) => `needs a runner: ${name}${and(more)}`,
  },

  // the dialog
  takes: 'Takes',
  afterAFirstRun: 'not measured yet',
  costs: 'Costs',
  nothingItRunsHere: 'Nothing: it runs on this server',
  theProviderBills: 'What the provider bills for the models you choose',
  publishedBy: 'By',
  patchbay: 'Patchbay',
  steps: 'Steps',
  runsAsItIs: 'Nothing: press Run, and it runs as it is.',
  needed: {
    key: (name: string) => `A key for ${name}`,
    weights: (name: string) => `The model ${name} on this server`,
    server: (name: string) => `The model server ${name}`,
    runner: (name: string) => `A ${name} server as a runner`,
  },
  isThere: 'is there',
  wayOn: {
    key: 'Add a key',
    weights: 'Fetch weights',
    server: 'Add a server',
    runner: 'Add a runner',
  },
  otherModels: 'On the copy, every model can be another one that you have.',
  useACopy: 'Use a copy',
  copyHint: 'It goes to your workflows and opens there. The template stays as it is.',
  lookInside: 'Look inside',
  lookInsideName: (name: string) => `Look inside ${name}`,
  edit: 'Edit',
  editName: (name: string) => `Edit ${name}`,
  unpublish: 'Unpublish',
  unpublishName: (name: string) => `Unpublish ${name}`,
  isNoLongerATemplate: (name: string) => `${name} is no longer a template`,
  nodes: (nodes: number) => plural(nodes, { one: '1 node', other: `${amount(nodes)} nodes` }),
  nextStep: 'then',
  andMore: (more: number) => `and ${amount(more)} more`,
})
