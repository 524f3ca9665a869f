/** What is said of calls that fail without a word of the server's own. */
import { defineTexts } from '../lib/locale'

export const texts = defineTexts({
  theServerReturned: (status: number) => `The server returned ${status}.`,
  theUploadWasCutOff: 'The upload was cut off.',
})
