/** Markdown as a tree: what counts as what, and that nothing in it can do harm. */
import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { Markdown } from './Markdown'
import { type Block, blocksOf, type Inline } from './markdownTree'

/** A tree as short text: `strong(a)`, `a <https://…>`. */
function brief(parts: readonly Inline[]): string {
  return parts
    .map(part => {
      if (part.kind === 'text') return part.text
      if (part.kind === 'code') return `code(${part.text})`
      if (part.kind === 'link') return `link(${brief(part.parts)} ${part.href})`
      return 'parts' in part ? `${part.kind}(${brief(part.parts)})` : ''
    })
    .join('')
}
/** The parts of a text of one line. */
function inline(text: string): Inline[] {
  const [block] = blocksOf(text)
  return block && 'parts' in block ? block.parts : []
}
const kinds = (blocks: readonly Block[]) => blocks.map(block => block.kind)

describe('a line', () => {
  it.each([
    ['Press **run** *now*', 'Press strong(run) em(now)'],
    ['**a *b* c** and __d__', 'strong(a em(b) c) and strong(d)'],
    ['`**not bold**` ~~gone~~', 'code(**not bold**) del(gone)'],
    ['some_file_name and _this_', 'some_file_name and em(this)'],
    ['2 * 3 * 4', '2 * 3 * 4'],
    ['\\*plain\\*', '*plain*'],
    ['[docs](https://a.example/x_(y) "Title")', 'link(docs https://a.example/x_(y))'],
    ['see https://a.example/b.', 'see link(https://a.example/b https://a.example/b).'],
    ['<https://a.example>', 'link(https://a.example https://a.example)'],
    ['![a picture](https://a.example/p.png)', 'link(a picture https://a.example/p.png)'],
    ['unclosed **bold', 'unclosed **bold'],
  ])('%s', (text, found) => {
    expect(brief(inline(text))).toBe(found)
  })

  it.each([
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    'data:text/html,x',
    '/logout',
    '//evil.example',
    'https:evil',
    'vbscript:x',
  ])('%s is no link', address => {
    expect(brief(inline(`[words](${address})`))).toBe('words')
  })

  it('keeps HTML as text', () => {
    const text = '<img src=x onerror=alert(1)><script>x</script>'
    expect(inline(text)).toEqual([{ kind: 'text', text }])
  })
})

it('is drawn without the HTML in it, with links that tell nothing of this page', () => {
  const text = '# Hi <b>\n- [a](https://a.example) <img onerror=x>'
  const drawn = renderToStaticMarkup(createElement(Markdown, { text }))
  expect(drawn).toContain('<h4 data-level="1">Hi &lt;b&gt;</h4>')
  expect(drawn).toContain(
    '<a href="https://a.example" target="_blank" rel="noopener noreferrer nofollow">a</a>',
  )
  expect(drawn).not.toContain('<img')
})

describe('a text', () => {
  it('is headings, paragraphs, rules, quotes and code', () => {
    const text = '# Title\nFirst\nsecond\n\n---\n> said\n\n```py\n# code **as is**\n```\nend'
    const found = blocksOf(text)
    expect(kinds(found)).toEqual(['heading', 'paragraph', 'rule', 'quote', 'code', 'paragraph'])
    expect(found[0]).toMatchObject({ level: 1 })
    expect(found[1]).toMatchObject({ parts: [{ text: 'First\nsecond' }] })
    expect(found[4]).toEqual({ kind: 'code', text: '# code **as is**' })
  })

  it('has lists in lists, and numbers that begin anywhere', () => {
    const [list, other, after] = blocksOf('- a\n  - b\n  - c\n- d\n3. x\n4. y\n\nafter')
    expect(list).toMatchObject({ kind: 'list', ordered: false, items: [{}, {}] })
    expect(list?.kind === 'list' && kinds(list.items[0] ?? [])).toEqual(['paragraph', 'list'])
    expect(other).toMatchObject({ ordered: true, start: 3, items: [{}, {}] })
    expect(after).toMatchObject({ kind: 'paragraph' })
  })

  it.each([
    ['quotes', '>'.repeat(5_000)],
    ['lists', `${'- '.repeat(5_000)}x`],
    ['stars', '*a'.repeat(20_000)],
    ['double stars', '**a '.repeat(10_000)],
    ['brackets', '['.repeat(20_000)],
    ['ticks', '`a'.repeat(10_000)],
    ['underscores', '_a '.repeat(10_000)],
    ['an open fence', '```\n'.repeat(5_001)],
  ])('of many %s is read whole', (_, text) => {
    expect(JSON.stringify(blocksOf(text)).length).toBeGreaterThan(text.length / 20)
  })
})
