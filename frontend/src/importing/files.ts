/** Telling from a file, without reading it in full, whether it may hold a workflow. No React. */

/** What file choosers offer. */
export const ACCEPT = '.json,application/json,image/png,image/webp,image/jpeg,image/avif'

/** Words that stand unpacked in every picture and film that carries a workflow. */
const MARKS = ['workflow', 'prompt'].map(word => new TextEncoder().encode(word))
const CARRIERS = /^(image\/(png|webp|jpeg|avif|apng)|video\/(mp4|webm|x-matroska|quicktime))$/
/** Bytes looked through at either end: metadata stands before or behind the pixels. */
const ENDS = 2 * 1024 * 1024

/** Whether a file is JSON, by its name or its type. */
export const isJson = (file: File) => /\.json$/i.test(file.name) || file.type === 'application/json'

/** Whether a picture or film may carry a workflow; the server knows for certain. */
export async function mayCarry(file: File): Promise<boolean> {
  if (!CARRIERS.test(file.type)) return false
  const parts = file.size > 2 * ENDS ? [file.slice(0, ENDS), file.slice(-ENDS)] : [file]
  for (const part of parts) {
    const bytes = new Uint8Array(await part.arrayBuffer())
    if (MARKS.some(mark => includes(bytes, mark))) return true
  }
  return false
}

function includes(bytes: Uint8Array, mark: Uint8Array): boolean {
  for (let at = bytes.indexOf(mark[0]); at >= 0; at = bytes.indexOf(mark[0], at + 1)) {
    if (mark.every((byte, i) => bytes[at + i] === byte)) return true
  }
  return false
}

/** Text that was pasted, as the file it would have been; null when it is no JSON object. */
export function pasted(text: string): File | null {
  if (!text.trimStart().startsWith('{')) return null
  try {
    JSON.parse(text)
  } catch {
    return null
  }
  return new File([text], 'Pasted workflow.json', { type: 'application/json' })
}
