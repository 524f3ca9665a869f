/** What importing and exporting say. */
import { amount, defineTexts, plural } from '../lib/locale'

export const texts = defineTexts({
  exportName: (name: string) => `Export “${name}”`,
  theChoiceOfKeys: 'The choice of keys is not exported: each user chooses their own.',
  keysLeftOut: 'Keys left out',
  chooseYourOwnKeys:
    'Choose your own keys there. A secret in the file itself is known to everyone who has the file: change it at its provider.',
  goodToKnow: 'Good to know',
  dropAPngJpegOrWebp: 'Drop a PNG, JPEG or WebP.',
  photoshopPsd: 'Photoshop (PSD)',
  illustrator: 'Illustrator',
  cameraRaw: 'Camera RAW',
  dropItsPagesAsImages: 'Drop its pages as images, or its text as a text file.',
  thisKindOfDocument: 'This kind of document',
  dropATextFile: 'Drop a text file.',
  thisKindOfTable: 'This kind of table',
  dropACsv: 'Drop a CSV.',
  // contents
  patchbayWithMedia: 'Patchbay, with media',
  aZip: 'A ZIP with its images, videos and audio, to open on another Patchbay.',
  theWorkflowAlone: 'The workflow alone, as JSON. Its media stay on this server.',
  forFal: 'For fal, its clients and its builder.',
  theComfyuiGraph: 'The graph of the ComfyUI node, with what was changed on it.',
  nodes: (nodes: number) => plural(nodes, { one: '1 node', other: `${amount(nodes)} nodes` }),
  connections: (connections: number) =>
    plural(connections, { one: '1 connection', other: `${amount(connections)} connections` }),
  aWorkflowWith: (format: string, nodes: string) => `A ${format} workflow with ${nodes}.`,
  aWorkflowWithBoth: (format: string, nodes: string, connections: string) =>
    `A ${format} workflow with ${nodes} and ${connections}.`,

  // files
  isTooLong: (name: string) => `${name} is too long for a Text node: 1 MB at most.`,
  isNotUtf8: (name: string) =>
    `${name} is not a text in UTF-8. Save it as UTF-8 and drop it again.`,
  isNotSupported: (what: string, instead: string) => `${what} is not supported yet. ${instead}`,
  pastedWorkflow: 'Pasted workflow',
})
