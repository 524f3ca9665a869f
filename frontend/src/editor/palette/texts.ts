/** What the palette of nodes says. */
import { amount, defineTexts, plural } from '../../lib/locale'

export const texts = defineTexts({
  nodeTypes: 'Node types',
  inputIdName: (id: string, name: string) => `input ${id} ${name}`,
  toName: (name: string) => `to ${name}`,
  recent: 'Recent',
  nodesThatFitType: (type: string) => `Nodes that fit ${type}`,
  output: 'Output',
  results: (results: number) =>
    plural(results, { one: '1 result', other: `${amount(results)} results` }),
  inThisWorkflow: 'In this workflow',
  newNode: 'New node',
  outputs: 'Outputs',
  oneOutputForEveryField: 'One output for every field.',
  noResultsThatFit: (query: string, type: string) =>
    `No results for “${query}” that fit ${type}. These do:`,
  reaches: {
    chat: 'asks a model',
    httpRequest: 'calls any service',
    comfyWorkflow: 'runs any graph',
    falApp: 'calls any app',
  },
  keysToChoose: '↑↓ choose',
  keysForOutput: '←→ output',
  keyToConnect: '↵ connect',
  keyToAdd: '↵ add',
  keyToClose: 'Esc close',
})
