// @vitest-environment node
/** That what users read stands in the texts of a room, where a translation finds it. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, it } from 'vitest'

/** Names, and what is written the same in every language. */
const NAMES = new Set(['Patchbay', 'ComfyUI', 'fal', 'Python', 'JavaScript', 'curl'])
for (const name of ['SVG', 'HEIC', 'TIFF', 'PDF', '#rrggbb']) NAMES.add(name)

/** What looks like words and is not: keys of the keyboard, of stores and of marks in a document. */
const KEYS = new Set(['Meta', 'Control', 'Shift', 'subgraph inputs', 'subgraph outputs', 'circle'])
KEYS.add('closed folders').add('python main.py --listen 0.0.0.0')
for (const key of ['Alt', 'Dead', 'Space', 'Equal', 'Minus']) KEYS.add(key)

/** Files whose literals are no texts: programs to copy, and refusals in the words of the server. */
const OTHER = [
  'editor/use-as-api/snippets.ts',
  'editor/use-as-api/falSnippets.ts',
  'editor/use-as-api/literal.ts',
  'editor/use-as-api/samples.ts',
  'document/draft.ts',
  'document/operations.ts',
  'ui/workflows/sample.ts', // rows for tests
]

/** Attributes and properties whose value is read, whatever it looks like. */
const READ =
  /^(label|title|placeholder|alt|about|help|what|verb|text|words?|hint|caption|heading|problem|aria-(label|description|valuetext|roledescription))$/
/** Attributes and properties whose value is never read. */
const UNREAD =
  /^(className|id|key|href|type|media|rel|queryKey|shortcut|alsoKeys|group|font|op|name|role|transform)$/
/** Functions whose text arguments are looked for, sent or drawn with, not shown. */
const MECHANICS =
  /^(querySelector(All)?|closest|matches|matchMedia|includes|has|get|addEventListener|removeEventListener|startsWith|endsWith|split|join|call|createElement|getPropertyValue|setAttribute|useStore|BadOperation|draw)$/

/** Words: a capital and small letters, or several of them. */
const wordy = (text: string) =>
  /^\p{Lu}\p{Ll}+([ .,:;!?…]|$)/u.test(text) || /\p{L}{2}[.,:;!?”)]*\s+[“(]?\p{L}+/u.test(text)

/** Addresses and headers, variables and classes of CSS, selectors, fonts. */
const TECHNICAL =
  /^\S*\/\S*$|^\w+(-\w+)+$|^--|\b(nodrag|nowheel|nopan|noopener|react-flow)\b|\[\w+[\]=]|\d+px /

interface Loose {
  line: number
  text: string
}

/** The literals of a file that users would read. */
function looseTexts(path: string, code: string): Loose[] {
  const source = ts.createSourceFile(path, code, ts.ScriptTarget.Latest, true)
  const found: Loose[] = []
  const add = (node: ts.Node, text: string) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart())
    found.push({ line: line + 1, text: text.trim().replaceAll(/\s+/g, ' ') })
  }
  const visit = (node: ts.Node) => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isTypeNode(node)) return
    if (ts.isJsxText(node)) {
      if (/\p{L}/u.test(node.text) && !NAMES.has(node.text.trim())) add(node, node.text)
    } else if (ts.isStringLiteralLike(node)) {
      if (isRead(node, node.text)) add(node, node.text)
    } else if (ts.isTemplateExpression(node)) {
      const text = node.head.text + node.templateSpans.map(span => `0${span.literal.text}`).join('')
      if (isRead(node, text)) add(node, node.getText())
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

function isRead(node: ts.Expression, text: string): boolean {
  if (!/\p{L}/u.test(text) || NAMES.has(text) || KEYS.has(text)) return false
  let inner: ts.Node = node
  let outer = node.parent
  while (
    ts.isConditionalExpression(outer) ||
    ts.isParenthesizedExpression(outer) ||
    ts.isAsExpression(outer) ||
    (ts.isBinaryExpression(outer) && /^(\|\||\?\?|&&|\+)$/.test(outer.operatorToken.getText()))
  ) {
    if (ts.isConditionalExpression(outer) && outer.condition === inner) return false
    inner = outer
    outer = outer.parent
  }
  if (ts.isBinaryExpression(outer) || ts.isCaseClause(outer)) return false
  if (ts.isElementAccessExpression(outer) || ts.isThrowStatement(outer.parent)) return false
  if (ts.isPropertyAssignment(outer) && outer.name === inner) return false
  if (ts.isArrayLiteralExpression(outer) && /key$/i.test(holder(outer))) return false
  const name = holder(outer)
  if (UNREAD.test(name)) return false
  if (ts.isCallExpression(outer) || ts.isNewExpression(outer)) {
    const called = outer.expression.getText().replace(/.*\./, '')
    if (MECHANICS.test(called)) return false
    if (called === 'toast') return true
  }
  const shown = READ.test(name) || (ts.isJsxExpression(outer) && !ts.isJsxAttribute(outer.parent))
  return (shown || wordy(text)) && !TECHNICAL.test(text)
}

/** The attribute, property or variable that a value is given to; empty where there is none. */
function holder(node: ts.Node): string {
  const at = ts.isJsxExpression(node) || ts.isArrayLiteralExpression(node) ? node.parent : node
  if (ts.isJsxAttribute(at) || ts.isPropertyAssignment(at) || ts.isVariableDeclaration(at)) {
    return at.name.getText()
  }
  return ''
}

it('nothing that people read stands outside the texts of a room', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
    path =>
      /\.tsx?$/.test(path) &&
      !/(\.test\.tsx?|\.d\.ts|\btexts\.ts)$/.test(path) &&
      !OTHER.includes(path),
  )
  const found = files.flatMap(path =>
    looseTexts(path, readFileSync(join('src', path), 'utf8')).map(
      ({ line, text }) => `src/${path}:${line} “${text}”`,
    ),
  )
  expect(found).toEqual([])
}, 60_000)

it.each([
  ['<p>Saved</p>', 'Saved'],
  ['<p>{busy ? "saving" : ok}</p>', 'saving'],
  ['<input placeholder="name" />', 'name'],
  ['<Field spec={{ label: "seed" }} />', 'seed'],
  ['toast("gone")', 'gone'],
  ['const WORDS = { failed: "Failed" }', 'Failed'],
  ['const why = () => "it cannot be read"', 'it cannot be read'],
])('%s is found', (code, text) => {
  expect(looseTexts('x.tsx', code)).toEqual([{ line: 1, text }])
})

it.each([
  '<p>{texts.saved} · {name}</p>',
  '<i className="sr-only wide" />',
  'if (event.key === "Enter") go()',
  'const KEY = ["runner queue"]',
  'element.closest("input, textarea")',
  'fetch(url, { headers: { "Content-Type": "text/plain" } })',
  '<b>Patchbay</b>',
])('%s is no text', code => expect(looseTexts('x.tsx', code)).toEqual([]))
