/** What edits are called in the history, and why they are refused. */
import { amount, defineTexts, plural } from '../../lib/locale'

export const texts = defineTexts({
  changeTheModel: 'Change the model',
  valuesAreParked: (count: number) =>
    plural(count, {
      one: 'The new model does not take one value. It is kept in the inspector.',
      other: `The new model does not take ${amount(count)} values. They are kept in the inspector.`,
    }),
  fieldsNotKnown: (reason: string) => `The fields of this model are not known: ${reason}`,
  addId: (id: string) => `add ${id}`,
  addName: (name: string) => `Add ${name}`,
  aNodeCannotFeedItself: 'A node cannot feed itself.',
  oneEndOfThisConnection: 'One end of this connection is not a port.',
  thisConnectionWouldCreateACycle:
    'This connection would create a cycle: the node would wait for its own result.',
  deleteNodes: (nodes: number) =>
    plural(nodes, { one: 'Delete 1 node', other: `Delete ${amount(nodes)} nodes` }),
  deleteConnections: (connections: number) =>
    plural(connections, {
      one: 'Delete 1 connection',
      other: `Delete ${amount(connections)} connections`,
    }),
  importedName: (name: string, content: string) => `Imported “${name}”. ${content}`,
  importName: (name: string) => `Import ${name}`,
  noNodeAcceptsSuchAFile:
    'no node accepts such a file. Drop an image, a video, audio, text or a workflow.',
  uploadingName: (name: string) => `Uploading ${name}…`,
  uploadingFiles: (files: number) =>
    plural(files, { one: 'Uploading 1 file…', other: `Uploading ${amount(files)} files…` }),
  tidyLabel: 'tidy up',
  couldNotTidy: 'The nodes could not be arranged. Try again.',
  alignNodes: (nodes: number) =>
    plural(nodes, { one: 'align 1 node', other: `align ${amount(nodes)} nodes` }),
  distributeNodes: (nodes: number) =>
    plural(nodes, { one: 'distribute 1 node', other: `distribute ${amount(nodes)} nodes` }),
  addAFrame: 'add a frame',
  collapseNodes: (nodes: number) =>
    plural(nodes, { one: 'collapse a card', other: `collapse ${amount(nodes)} cards` }),
  expandNodes: (nodes: number) =>
    plural(nodes, { one: 'expand a card', other: `expand ${amount(nodes)} cards` }),
  insertOnAConnection: (title: string) => `Insert ${title} on a connection`,
  connectMany: (id: string) => `connect many ${id}`,
  swapConnections: 'Swap connections',
  changeMode: {
    bypass: (nodes: number) =>
      plural(nodes, { one: 'bypass a node', other: `bypass ${amount(nodes)} nodes` }),
    mute: (nodes: number) =>
      plural(nodes, { one: 'mute a node', other: `mute ${amount(nodes)} nodes` }),
    none: (nodes: number) =>
      plural(nodes, { one: 'let a node run', other: `let ${amount(nodes)} nodes run` }),
  },
  pinResults: (nodes: number) =>
    plural(nodes, { one: 'pin a result', other: `pin ${amount(nodes)} results` }),
  unpinResults: (nodes: number) =>
    plural(nodes, { one: 'unpin a result', other: `unpin ${amount(nodes)} results` }),
  noResultToPin: (title: string) => `${title} has no result to pin yet. Run it first.`,
  resultTooLargeToPin: (title: string) => `The result of ${title} is too large to pin.`,
})
