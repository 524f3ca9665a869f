import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { FileOf, JAVASCRIPT, literal, PYTHON, SHELL } from './literal'
import { samplesOf } from './samples'
import { LANGUAGES, type Language, snippet } from './snippets'
import { MODES, type Mode } from './target'

const AWKWARD = {
  title: `It's "quoted" \\ and\nbroken`,
  'odd name': 'Zoë $HOME `id` 😀',
  size: 2.5,
  ok: true,
  none: null,
  list: ['a', { b: false }],
}
const target = {
  origin: 'http://127.0.0.1:1',
  slug: 'poster',
  appId: 'workflows/ada/poster',
  key: 'pb_x',
  inputs: AWKWARD,
}
const everyPair = (Object.keys(LANGUAGES) as Language[]).flatMap(language =>
  (Object.keys(MODES) as Mode[]).map(mode => [language, mode] as const),
)

describe('a literal reads back as the value it was made of', () => {
  test('in Python', () => {
    const program = `import json\nprint(json.dumps(${literal(AWKWARD, PYTHON)}))`
    expect(JSON.parse(execFileSync('python3', ['-c', program], { encoding: 'utf8' }))).toEqual(
      AWKWARD,
    )
  })

  test('in JavaScript', () => {
    const program = `console.log(JSON.stringify(${literal(AWKWARD, JAVASCRIPT, 2)}))`
    expect(JSON.parse(execFileSync('node', ['-e', program], { encoding: 'utf8' }))).toEqual(AWKWARD)
  })

  test('in the shell', () => {
    const program = `printf %s '${literal(AWKWARD, SHELL, 2)}'`
    expect(JSON.parse(execFileSync('bash', ['-c', program], { encoding: 'utf8' }))).toEqual(AWKWARD)
  })
})

test.each(everyPair)('the %s program to %s is well formed', (language, mode) => {
  const inputs = { ...AWKWARD, picture: new FileOf('picture', 'picture.png') }
  for (const text of [
    snippet(target, language, mode),
    snippet({ ...target, inputs }, language, mode),
  ]) {
    expect(text).toContain('http://127.0.0.1:1')
    const fal = language.startsWith('fal')
    expect(text).toContain(fal ? '"workflows/ada/poster"' : '/api/workflows/poster/run')
    const check = {
      curl: ['bash', ['-n']],
      python: ['python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())']],
      javascript: ['node', ['--check', '--input-type=module', '-']],
      falPython: ['python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())']],
      falJavascript: ['node', ['--check', '--input-type=module', '-']],
    } as const
    const [command, args] = check[language]
    execFileSync(command, [...args], { input: text, stdio: ['pipe', 'pipe', 'pipe'] })
  }
})

test('a snippet shows saved values, defaults, and examples where there is neither', () => {
  const fields = [
    { name: 'title', type: 'text', default: 'A' },
    { name: 'body', type: 'textarea' },
    { name: 'size', type: 'slider', min: 3, max: 9 },
    { name: 'kind', type: 'pills', options: ['x', 'y'] },
    { name: 'photo', type: 'image', required: true },
    { name: 'mask', type: 'image' },
    { name: 'logo', type: 'image' },
  ]
  const logo = { asset: 'abc', url: 'https://old.example/media/abc', content_type: 'image/png' }
  const data = { fields, values: { title: 'B', logo } }
  const node = { id: 'in', type: 'requestInput', position: { x: 0, y: 0 }, data }
  const samples = samplesOf({ nodes: [node as never], edges: [] })
  expect(samples).toEqual({
    title: 'B',
    body: 'Hello',
    size: 3,
    kind: 'x',
    photo: new FileOf('photo', 'picture.png'),
    logo: '/media/abc',
  })
})

test('a workflow that has no fields gets empty inputs', () => {
  expect(samplesOf({ nodes: [], edges: [] })).toEqual({})
  const text = snippet({ ...target, inputs: {} }, 'curl', 'wait')
  expect(text).toContain('"inputs": {}')
})

test('fal-client is pointed here by two variables on https, by its URLs on http', () => {
  const secure = { ...target, origin: 'https://patchbay.example', inputs: { a: 'b' } }
  const text = snippet(secure, 'falPython', 'wait')
  expect(text).toContain('os.environ["FAL_RUN_HOST"] = "patchbay.example/fal/run"')
  expect(text).not.toContain('RUN_URL_FORMAT')
  const file = { photo: new FileOf('photo', 'picture.png') }
  for (const other of [
    { ...secure, inputs: file },
    { ...target, inputs: { a: 'b' } },
  ]) {
    expect(snippet(other, 'falPython', 'wait')).toContain('client.RUN_URL_FORMAT')
  }
})
