/** What the App view says. */
import { amount, defineTexts, plural } from '../../lib/locale'

export const texts = defineTexts({
  app: 'App',
  form: 'Form',
  fieldCount: (count: number) =>
    plural(count, { one: '1 field', other: `${amount(count)} fields` }),
  close: 'Close',
  openApp: 'Open the app',
  savedAtOnce: 'Changes are saved at once and rule the form, the API and its schema.',
  noInputs: 'No fields yet. Choose “App” beside any field of a node, or add Inputs.',
  addInputs: 'Add an Inputs node',
  reorder: 'Reorder the fields',
  moveHelp: 'Alt+↑ and Alt+↓ move it',
  show: (label: string) => `Show ${label} in the form`,
  preview: 'Preview',
  notSaved: 'what you type here is not saved',
  width: 'Width',
  phone: 'Phone',
  desktop: 'Desktop',
  nothingToFillIn: 'There is nothing to fill in.',
  example: 'Example result',
  exampleAbout: 'Visitors see it before their first run.',
  chooseExample: 'Choose an image',
  chooseAnother: 'Choose another',
  remove: 'Remove',
})
