/** How the pages are built: into the site's static folder, with a manifest the shell reads. */
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { parseSync } from 'vite'
import { defineConfig } from 'vitest/config'

/** Writes a .br and a .gz beside every text file, which the site sends to browsers that take them. */
function precompress() {
  return {
    name: 'precompress',
    writeBundle(options: { dir?: string }, bundle: Record<string, unknown>) {
      for (const name of Object.keys(bundle).filter(file => /\.(js|css|svg)$/.test(file))) {
        const path = join(options.dir ?? '', name)
        const text = readFileSync(path)
        const params = { [constants.BROTLI_PARAM_QUALITY]: 11 }
        writeFileSync(`${path}.br`, brotliCompressSync(text, { params }))
        writeFileSync(`${path}.gz`, gzipSync(text, { level: 9 }))
      }
    },
  }
}

/** The object in a file of texts. */
function declaredTexts(file: string, code: string) {
  for (const { type, ...statement } of parseSync(file, code).program.body) {
    if (!('declaration' in statement) || statement.declaration?.type !== 'VariableDeclaration')
      continue
    const init = statement.declaration.declarations[0]?.init
    const [given] = init?.type === 'CallExpression' ? init.arguments : []
    if (given?.type === 'ObjectExpression') return given
  }
  throw new Error(`${file} exports no texts.`)
}

/** Texts by number: their keys are for who reads the sources, and would be a twentieth of the bundle. */
function numberedTexts() {
  const numbers = new Map<string, Map<string, number>>()
  const keysOf = (file: string) => {
    const known = numbers.get(file)
    if (known) return known
    const code = readFileSync(file, 'utf8')
    const rows = declaredTexts(file, code).properties.map((row, i): [string, number] => [
      row.type === 'Property' ? code.slice(row.key.start, row.key.end) : '',
      i,
    ])
    const keys = new Map(rows)
    numbers.set(file, keys)
    return keys
  }
  return {
    name: 'numbered-texts',
    apply: 'build' as const,
    enforce: 'pre' as const,
    transform(code: string, id: string) {
      if (id.endsWith('/texts.ts')) {
        const { start, end, properties } = declaredTexts(id, code)
        const values = properties.map(row =>
          row.type === 'Property' ? code.slice(row.value.start, row.value.end) : '',
        )
        return `${code.slice(0, start)}[${values.join(',')}]${code.slice(end)}`
      }
      const imported = new Map(
        [...code.matchAll(/^import \{ texts(?: as (\w+))? \} from '(.*)'$/gm)].map(
          ([, name = 'texts', path = '']) => [name, keysOf(`${resolve(dirname(id), path)}.ts`)],
        ),
      )
      if (!imported.size) return null
      const used = new RegExp(`\\b(${[...imported.keys()].join('|')})\\.(\\w+)`, 'g')
      return code.replace(used, (found, name: string, key: string) => {
        const number = imported.get(name)?.get(key)
        if (number === undefined) throw new Error(`${id}: there is no ${found}.`)
        return `${name}[${number}]`
      })
    },
  }
}

/** Icons without the random keys of their lines, which only a development build of React reads. */
function plainIcons() {
  return {
    name: 'plain-icons',
    apply: 'build' as const,
    transform(code: string, id: string) {
      if (!/lucide-react\/.*\/icons\//.test(id)) return null
      return code.replace(/, key: "\w+"/g, '').replace(/^__iconData\.node;$|,\s+aliases: .*$/gm, '')
    },
  }
}

/**
 * Small files that many parts share are one: each of its own would cost a request, and compress worse.
 * What pages start with (`lib`, `api`, the shell) is left out: one page would wait for all of it.
 */
const SHARED = [
  { name: 'icons', test: /lucide-react/, minShareCount: 4 },
  {
    name: 'controls',
    test: /\/src\/ui\/(?:controls|credentials|forms|media|text|workflows)\//,
    minShareCount: 4,
  },
]

export default defineConfig({
  base: '/static/canvas/',
  plugins: [numberedTexts(), plainIcons(), react(), precompress()],
  build: {
    outDir: '../canvas/static/canvas',
    emptyOutDir: true,
    manifest: 'manifest.json',
    target: 'es2022',
    modulePreload: { polyfill: false },
    // Fonts and icons stay files: the content policy allows no data addresses for them.
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { main: 'src/main.tsx', theme: 'src/theme.ts', fonts: 'src/fonts.css' },
      output: { codeSplitting: { includeDependenciesRecursively: false, groups: SHARED } },
      // How long each part took is for who works on the build, not for who starts Patchbay.
      checks: { bundlerTimings: false },
    },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8000', '/media': 'http://127.0.0.1:8000' } },
  test: {
    include: ['src/**/*.test.{ts,tsx}'],
    // A process for every file takes a fifth more of the machine.
    pool: 'threads',
    coverage: { include: ['src/**/*.{ts,tsx}'], reporter: ['text'] },
  },
})
