/** What the page of templates says. */
import { amount, defineTexts, plural } from '../lib/locale'

export const texts = defineTexts({
  undo: 'Undo',
  yours: 'Yours',
  toUseTheTemplateName: (name: string) => `Use the template ${name}`,
  copying: 'Copying …',
  useTheTemplate: 'Use the template',
  edit: 'Edit',
  lookInside: 'Look inside',
  unpublishName: (name: string) => `Unpublish ${name}`,
  unpublish: 'Unpublish',
  nodes: (nodes: number) => plural(nodes, { one: '1 node', other: `${amount(nodes)} nodes` }),
  nextStep: 'then',
  templates: (templates: number) =>
    plural(templates, { one: '1 template', other: `${amount(templates)} templates` }),
  templatesTitle: 'Templates',
  searchTemplates: 'Search templates',
  tags: 'Tags',
  loading: 'Loading',
  noTemplateMatches: 'No template matches.',
  thereAreNoTemplatesYet:
    'There are no templates yet. Publish one of your workflows: it is in the menu of its card.',
  toYourWorkflows: 'To your workflows',
  isNoLongerATemplate: (name: string) => `${name} is no longer a template`,
  editName: (name: string) => `Edit ${name}`,
  lookInsideName: (name: string) => `Look inside ${name}`,
  andMore: (more: number) => `and ${amount(more)} more`,
  showAll: (templates: number) => `Show all ${amount(templates)}`,
})
