/**
 * JSON whose whole numbers may be larger than a number of JavaScript holds exactly, such as the seeds
 * of ComfyUI (up to 2^64): those are kept as BigInt and are written as they came. A browser that
 * cannot know how a number was written rounds it, as all do by themselves.
 */

/** What of `JSON.parse` and `JSON` our TypeScript does not know yet. */
type Reviver = (key: string, value: unknown, context?: { source?: string }) => unknown
type Raw = { rawJSON?: (text: string) => object }

const LARGE = /[:[,]\s*-?\d{16,}\s*[,\]}]/
const WHOLE = /^-?\d+$/

const rawJSON = (JSON as Raw).rawJSON?.bind(JSON)

// Every JSON.stringify of the pages may meet one, so this cannot be a function to remember to call.
Object.defineProperty(BigInt.prototype, 'toJSON', {
  configurable: true,
  value(this: bigint) {
    return rawJSON ? rawJSON(String(this)) : Number(this)
  },
})

const exact: Reviver = (_, value, context) => {
  const { source } = context ?? {}
  const large = typeof value === 'number' && !Number.isSafeInteger(value)
  return rawJSON && large && source && WHOLE.test(source) ? BigInt(source) : value
}

/** Parse JSON, large whole numbers exactly. Throws SyntaxError. */
export function parseJson(text: string): unknown {
  // Looking at every value is slow, and hardly any text needs it.
  return LARGE.test(text) ? JSON.parse(text, exact as never) : JSON.parse(text)
}
