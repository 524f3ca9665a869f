/** What to say about a wire: the words for types, and why a value does not fit. */
import type { PortType } from '../api/catalog'
import { fits, isList, itemType } from './ports'

const WORDS: Record<string, string> = {
  text: 'Text',
  number: 'Number',
  boolean: 'Yes/No',
  color: 'Color',
  image: 'Image',
  mask: 'Mask',
  video: 'Video',
  audio: 'Audio',
  json: 'JSON',
  table: 'Table',
  file: 'File',
  any: 'Anything',
}

/** Node types that turn one type into another, offered when a wire does not fit. */
const HELP: Record<string, string> = {
  'image>mask': 'A "Mask from image" node in between makes one.',
  'image>text': 'An image has no text; connect a Text node instead.',
  'text>image': '"Text overlay" makes an image from text.',
  'text>mask': 'A mask is a black and white image.',
}

/** Name a port type in words. */
export function typeWord(type: PortType): string {
  const word = WORDS[itemType(type)] ?? itemType(type)
  return isList(type) ? `List of ${word}` : word
}

/** Say why a value of `source` cannot go into a port of `target`, or null when it can. */
export function whyNot(source: PortType, target: PortType): string | null {
  if (fits(source, target)) return null
  const hint = HELP[`${itemType(source)}>${itemType(target)}`]
  const first = `${typeWord(source)} does not fit ${typeWord(target)}.`
  return hint ? `${first} ${hint}` : first
}
