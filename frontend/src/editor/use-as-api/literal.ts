/** Values written as literals of a programming language. No React. */
import type { Json } from '../../api/document'

/** A file that the snippet uploads first; written as the URL it then has. */
export class FileOf {
  constructor(
    readonly field: string,
    readonly name: string,
  ) {}
}

export type Sample = Json | FileOf
export type Samples = Record<string, Sample>

interface Dialect {
  text: (value: string) => string
  word: { true: string; false: string; null: string }
  key: (name: string) => string
  file: (file: FileOf) => string
  /** Whether the last entry of an object ends in a comma too. */
  trailing: boolean
}

/** Write a value; objects and lists take a line per entry, indented by `step` spaces. */
export function literal(value: Sample | Samples, dialect: Dialect, step = 4, depth = 0): string {
  if (value instanceof FileOf) return dialect.file(value)
  if (value === null) return dialect.word.null
  if (typeof value === 'string') return dialect.text(value)
  if (typeof value === 'boolean') return dialect.word[`${value}`]
  if (typeof value === 'number') return String(value)
  const list = Array.isArray(value)
  const rows = Object.entries(value).map(([name, inner]) => {
    const text = literal(inner, dialect, step, depth + 1)
    return list ? text : `${dialect.key(name)}: ${text}`
  })
  const [open, close] = list ? '[]' : '{}'
  if (!rows.length) return `${open}${close}`
  const inner = ' '.repeat(step * (depth + 1))
  const body = rows.join(`,\n${inner}`)
  return `${open}\n${inner}${body}${dialect.trailing ? ',' : ''}\n${' '.repeat(step * depth)}${close}`
}

/** JSON, ASCII only where a language reads escapes as JSON does; both Python and JavaScript do. */
const quoted = (value: string) => JSON.stringify(value)

export const PYTHON: Dialect = {
  text: quoted,
  word: { true: 'True', false: 'False', null: 'None' },
  key: quoted,
  file: file => `upload(${quoted(file.name)})`,
  trailing: true,
}

export const JAVASCRIPT: Dialect = {
  text: quoted,
  word: { true: 'true', false: 'false', null: 'null' },
  key: name => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name)),
  file: file => `await upload(${quoted(file.name)})`,
  trailing: true,
}

/** A body for curl, inside single quotes of the shell. */
export const SHELL: Dialect = {
  text: value => quoted(value).replaceAll("'", `'\\''`),
  word: { true: 'true', false: 'false', null: 'null' },
  key: value => quoted(value).replaceAll("'", `'\\''`),
  file: file => `"'"$${variable(file.field)}"'"`,
  trailing: false,
}

/** A name as the shell allows it for a variable. */
export const variable = (name: string) => name.replaceAll(/\W/g, '_').replace(/^(?=\d)/, '_')
