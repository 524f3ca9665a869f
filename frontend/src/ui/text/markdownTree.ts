/**
 * Markdown as a tree: headings, lists, quotes, code, rules, tables left as text, and in a line bold,
 * italic, struck, code and links. HTML is text like any other. No React.
 */

export type Inline =
  | { kind: 'text' | 'code'; text: string }
  | { kind: 'strong' | 'em' | 'del'; parts: Inline[] }
  | { kind: 'link'; href: string; parts: Inline[] }

export type Block =
  | { kind: 'heading'; level: number; parts: Inline[] }
  | { kind: 'paragraph'; parts: Inline[] }
  | { kind: 'code'; text: string }
  | { kind: 'rule' }
  | { kind: 'quote'; blocks: Block[] }
  | { kind: 'list'; ordered: boolean; start: number; items: Block[][] }

/** How deep quotes, lists and marks may lie in each other; what is deeper is text. */
const DEEPEST = 8

const FENCE = /^ {0,3}(```+|~~~+)/
const HEADING = /^ {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*$/
const RULE = /^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/
const QUOTE = /^ {0,3}> ?/
const ITEM = /^( {0,3})([-*+]|\d{1,9}[.)])([ \t]+|$)/

/** Read a text as blocks. */
export function blocksOf(text: string): Block[] {
  return blocks(text.replaceAll('\r\n', '\n').split('\n'), 0)
}

function blocks(lines: readonly string[], depth: number): Block[] {
  const found: Block[] = []
  let plain: string[] = []
  const close = () => {
    if (plain.length) found.push({ kind: 'paragraph', parts: inline(plain.join('\n')) })
    plain = []
  }
  let at = 0
  while (at < lines.length) {
    const line = lines[at]
    const fence = FENCE.exec(line)
    const heading = HEADING.exec(line)
    const item = ITEM.exec(line)
    if (fence) {
      close()
      const end = lines.findIndex((one, i) => i > at && one.trim().startsWith(fence[1]))
      const last = end < 0 ? lines.length : end
      found.push({ kind: 'code', text: lines.slice(at + 1, last).join('\n') })
      at = last + 1
    } else if (!line.trim()) {
      close()
      at += 1
    } else if (heading) {
      close()
      found.push({ kind: 'heading', level: heading[1].length, parts: inline(heading[2]) })
      at += 1
    } else if (RULE.test(line)) {
      close()
      found.push({ kind: 'rule' })
      at += 1
    } else if (QUOTE.test(line) && depth < DEEPEST) {
      close()
      const end = until(lines, at, one => !QUOTE.test(one))
      const inner = lines.slice(at, end).map(one => one.replace(QUOTE, ''))
      found.push({ kind: 'quote', blocks: blocks(inner, depth + 1) })
      at = end
    } else if (item && depth < DEEPEST) {
      close()
      const list = listAt(lines, at, depth)
      found.push(list.block)
      at = list.end
    } else {
      plain.push(line.trim())
      at += 1
    }
  }
  close()
  return found
}

function listAt(lines: readonly string[], start: number, depth: number) {
  const ordered = isOrdered(lines[start])
  const items: Block[][] = []
  let at = start
  while (at < lines.length) {
    const item = ITEM.exec(lines[at])
    if (!item || RULE.test(lines[at]) || isOrdered(lines[at]) !== ordered) break
    const inside = item[1].length + item[2].length + 1
    // An item goes on while lines are indented, and in the line right below.
    const end = until(
      lines,
      at + 1,
      (one, i) =>
        one.trim() !== '' &&
        indent(one) < Math.min(inside, item[1].length + 2) &&
        (ITEM.test(one) || RULE.test(one) || HEADING.test(one) || !lines[i - 1].trim()),
    )
    const first = lines[at].slice(item[0].length)
    const rest = lines.slice(at + 1, end).map(one => one.slice(Math.min(indent(one), inside)))
    items.push(blocks([first, ...rest], depth + 1))
    at = end
  }
  const begin = Number.parseInt(lines[start].trim(), 10)
  const block: Block = { kind: 'list', ordered, start: ordered ? begin : 1, items }
  return { block, end: at }
}

const isOrdered = (line: string) => /^\s*\d/.test(line)
const indent = (line: string) => line.length - line.trimStart().length

function until(
  lines: readonly string[],
  from: number,
  ends: (line: string, i: number) => boolean,
): number {
  let at = from
  while (at < lines.length && !ends(lines[at], at)) at += 1
  return at
}

/** What may stand in a line: the first that begins counts. Bounded, so that no text takes long. */
const MARK =
  /\\([!-/:-@[-`{-~])|(`{1,9})([^`]{1,999})\2|!?\[([^\]\n]{0,999})\]\(\s?([^\s()]{0,999}(?:\([^\s()]{0,999}\)[^\s()]{0,999}){0,9})(?:\s"[^"\n]{0,999}")?\s?\)|<(https?:\/\/[^\s<>]{1,999})>|(https?:\/\/[^\s<>]{0,999}[^\s<>.,:;!?'")\]])|(\*\*|__)(?=\S)([^\n]{0,999}?\S)\8|(~~)(?=\S)([^\n]{0,999}?\S)~~|(\*)(?=[^\s*])([^\n*]{0,999}?[^\s*])\*(?!\*)|(?<![\p{L}\p{N}_])(_)(?=[^\s_])([^\n]{0,999}?[^\s_])_(?![\p{L}\p{N}_])/u

/** Read a line. */
export function inline(text: string, depth = 0): Inline[] {
  const found: Inline[] = []
  let rest = text
  while (rest) {
    const match = depth < DEEPEST ? MARK.exec(rest) : null
    if (!match) {
      add(found, rest)
      break
    }
    add(found, rest.slice(0, match.index))
    const [whole, escaped, , code, label, target, angled, bare] = match
    const [bold, struck, starred, lined] = [match[9], match[11], match[13], match[15]]
    if (escaped) add(found, escaped)
    else if (code) found.push({ kind: 'code', text: code.trim() })
    else if (target !== undefined) link(found, target, label || target, depth)
    else if (angled || bare) link(found, angled || bare, angled || bare, DEEPEST)
    else if (bold) found.push({ kind: 'strong', parts: inline(bold, depth + 1) })
    else if (struck) found.push({ kind: 'del', parts: inline(struck, depth + 1) })
    else found.push({ kind: 'em', parts: inline(starred ?? lined ?? '', depth + 1) })
    rest = rest.slice(match.index + whole.length)
  }
  return found
}

function add(found: Inline[], text: string): void {
  const last = found.at(-1)
  if (!text) return
  if (last?.kind === 'text') last.text += text
  else found.push({ kind: 'text', text })
}

/** Only addresses on the web are links; of any other, the words stay. */
function link(found: Inline[], href: string, words: string, depth: number): void {
  const parts = inline(words, depth + 1)
  if (/^https?:\/\/[^\s/]/i.test(href)) found.push({ kind: 'link', href, parts })
  else found.push(...parts)
}
