/**
 * Markdown as a tree of what is drawn: markdown-it reads it, HTML stays text, and only URLs on
 * the web are links. No React.
 */
import MarkdownIt, { type Token } from 'markdown-it'

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

// It bounds how deep marks are nested. Tables are left as text.
const markdown = new MarkdownIt({ html: false, linkify: true }).disable(['table', 'lheading'])
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false })
// Every link comes as one, so that the words of those that are none can stay without the URL.
markdown.validateLink = () => true

/** Read a text as blocks. */
export function blocksOf(text: string): Block[] {
  return blocks(new Reader(markdown.parse(text, {})))
}

/** Walks over tokens; a level ends where its closing token or the last one has been read. */
class Reader {
  private at = 0
  constructor(private readonly tokens: readonly Token[]) {}

  next(): Token | undefined {
    const token = this.tokens[this.at]
    this.at += 1
    return token?.nesting === -1 ? undefined : token
  }
}

function blocks(reader: Reader): Block[] {
  const found: Block[] = []
  for (let token = reader.next(); token; token = reader.next()) {
    switch (token.type) {
      case 'heading_open': {
        const parts = blockParts(reader)
        found.push({ kind: 'heading', level: Number(token.tag.slice(1)), parts })
        break
      }
      case 'paragraph_open':
        found.push({ kind: 'paragraph', parts: blockParts(reader) })
        break
      case 'fence':
      case 'code_block':
        found.push({ kind: 'code', text: token.content.replace(/\n$/, '') })
        break
      case 'hr':
        found.push({ kind: 'rule' })
        break
      case 'blockquote_open':
        found.push({ kind: 'quote', blocks: blocks(reader) })
        break
      case 'bullet_list_open':
      case 'ordered_list_open': {
        const items: Block[][] = []
        while (reader.next()) items.push(blocks(reader))
        const ordered = token.type === 'ordered_list_open'
        found.push({ kind: 'list', ordered, start: Number(token.attrGet('start') ?? 1), items })
      }
    }
  }
  return found
}

/** The line between a block's opening and closing tokens. */
function blockParts(reader: Reader): Inline[] {
  const parts = inlines(new Reader(reader.next()?.children ?? []))
  reader.next()
  return parts
}

const MARKS = { strong_open: 'strong', em_open: 'em', s_open: 'del' } as const

function inlines(reader: Reader): Inline[] {
  const found: Inline[] = []
  for (let token = reader.next(); token; token = reader.next()) {
    if (token.type === 'link_open') link(found, urlOf(token, 'href'), inlines(reader))
    else if (token.type === 'image') {
      link(found, urlOf(token, 'src'), inlines(new Reader(token.children ?? [])))
    } else if (token.type in MARKS) {
      const kind = MARKS[token.type as keyof typeof MARKS]
      found.push({ kind, parts: inlines(reader) })
    } else if (token.type === 'code_inline') found.push({ kind: 'code', text: token.content })
    else add(found, token.type.endsWith('break') ? '\n' : token.content)
  }
  return found
}

const urlOf = (token: Token, name: string) => String(token.attrGet(name) ?? '')

function add(found: Inline[], text: string): void {
  const last = found.at(-1)
  if (!text) return
  if (last?.kind === 'text') last.text += text
  else found.push({ kind: 'text', text })
}

/** Only URLs on the web are links; of any other, the words stay. */
function link(found: Inline[], href: string, words: Inline[]): void {
  const parts: Inline[] = words.length || !href ? words : [{ kind: 'text', text: href }]
  if (/^https?:\/\/[^\s/]/i.test(href)) found.push({ kind: 'link', href, parts })
  else found.push(...parts)
}
