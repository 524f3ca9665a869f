/** Whether a file may hold a workflow, without reading it in full. No React. */
import { texts } from './texts'

/** What file choosers offer. */
export const ACCEPT =
  '.json,.zip,application/json,application/zip,image/png,image/webp,image/jpeg,image/avif'

/** Words that stand unpacked in every image and video that carries a workflow. */
const MARKS = ['workflow', 'prompt'].map(word => new TextEncoder().encode(word))
const CARRIERS = /^(image\/(png|webp|jpeg|avif|apng)|video\/(mp4|webm|x-matroska|quicktime))$/
/** Bytes looked through at either end: metadata is before or behind the pixels. */
const ENDS = 2 * 1024 * 1024

/** Whether a file is JSON, by its name or its type. */
export const isJson = (file: File) => /\.json$/i.test(file.name) || file.type === 'application/json'

/** What becomes a Text node; a table in text form is text too. */
const TEXTS = /\.(txt|md|markdown|csv|tsv|srt|vtt)$/i
/** Bytes of a text that a node may hold. */
const MOST_TEXT = 1_000_000
/** Types that users try and nothing here opens, by the ends of their names. */
const UNKNOWN: readonly (readonly [RegExp, string, string])[] = [
  [/\.svgz?$/i, 'SVG', texts.dropAPngJpegOrWebp],
  [/\.(psd|psb)$/i, texts.photoshopPsd, texts.dropAPngJpegOrWebp],
  [/\.(ai|eps)$/i, texts.illustrator, texts.dropAPngJpegOrWebp],
  [/\.(heic|heif)$/i, 'HEIC', texts.dropAPngJpegOrWebp],
  [/\.tiff?$/i, 'TIFF', texts.dropAPngJpegOrWebp],
  [/\.(dng|cr2|cr3|nef|arw|raf)$/i, texts.cameraRaw, texts.dropAPngJpegOrWebp],
  [/\.pdf$/i, 'PDF', texts.dropItsPagesAsImages],
  [/\.(docx?|odt|rtf|pages)$/i, texts.thisKindOfDocument, texts.dropATextFile],
  [/\.(xlsx?|ods|numbers)$/i, texts.thisKindOfTable, texts.dropACsv],
]

/** Whether a file is plain text, by its name or its type. */
export const isText = (file: File) =>
  TEXTS.test(file.name) || /^text\/(plain|markdown|csv|tab-separated-values)$/.test(file.type)

/** The text in a file. Throws an Error with a sentence when a node cannot hold it. */
export async function textIn(file: File): Promise<string> {
  if (file.size > MOST_TEXT) {
    throw new Error(texts.isTooLong(file.name))
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer())
  } catch {
    throw new Error(texts.isNotUtf8(file.name))
  }
}

/** Say in a sentence that a kind of file is not supported, and what is; null for all others. */
export function unsupported(file: File): string | null {
  const found = UNKNOWN.find(([ending]) => ending.test(file.name))
  return found ? texts.isNotSupported(found[1], found[2]) : null
}

/** Whether a file is an archive, such as a workflow with its media. */
export const isArchive = (file: File) =>
  /\.zip$/i.test(file.name) || file.type === 'application/zip'

/** Whether an image or video may carry a workflow; the server knows for certain. */
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
  const [first = 0] = mark
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
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
  return new File([text], `${texts.pastedWorkflow}.json`, { type: 'application/json' })
}
