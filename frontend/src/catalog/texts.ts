/** What is said of node types and their ports. */
import { defineTexts } from '../lib/locale'

export const texts = defineTexts({
  aPlaceholder: 'a placeholder',
  listOf: (type: string) => `List of ${type}`,
  doesNotFit: (source: string, target: string) => `${source} does not fit ${target}.`,
  aMaskFromImageNode: 'A "Mask from image" node in between makes one.',
  anImageHasNoText: 'An image has no text; connect a Text node instead.',
  textOverlayMakesAnImage: '"Text overlay" makes an image from text.',
  aMaskIsAnImage: 'A mask is a black and white image.',
})
