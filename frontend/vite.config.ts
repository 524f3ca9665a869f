/** How the pages are built: into the site's static folder, with a manifest the shell reads. */
import { readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
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

const ICONS = resolve('node_modules/lucide-react/dist/esm')

/** Icons by their own files, so that the build sees which page has one, and without what only a
 * development build of React reads: the random keys of their lines. */
function plainIcons() {
  const files = new Map<string, string>()
  for (const [, names = '', file = ''] of readFileSync(
    join(ICONS, 'lucide-react.mjs'),
    'utf8',
  ).matchAll(/^export \{(.*)\} from '\.\/(icons\/.*)';$/gm))
    for (const name of names.split(',')) files.set(name.replace('default as', '').trim(), file)
  return {
    name: 'plain-icons',
    apply: 'build' as const,
    enforce: 'pre' as const,
    transform(code: string, id: string) {
      if (/lucide-react\/.*\/icons\//.test(id))
        return code
          .replace(/, key: "\w+"/g, '')
          .replace(/^__iconData\.node;$|,\s+aliases: .*$/gm, '')
      if (!code.includes("from 'lucide-react'")) return null
      return code.replace(/^import \{([^}]*)\} from 'lucide-react'$/gm, (_, names: string) =>
        names
          .split(',')
          .map(name => name.trim().split(' as '))
          .map(([icon = '', name = icon]) =>
            files.has(icon) ? `import ${name} from '${join(ICONS, files.get(icon) ?? '')}';` : '',
          )
          .join(''),
      )
    },
  }
}

type Module = { importedIds: string[]; dynamicallyImportedIds: string[] }
type Modules = { getModuleInfo(id: string): Module | null }
const atStart = (module: Module) => module.importedIds
const atAnyTime = (module: Module) => [...module.importedIds, ...module.dynamicallyImportedIds]

/** All modules that one module brings, itself included. */
function broughtBy(start: string, modules: Modules, imports: (module: Module) => string[]) {
  const found = new Set<string>([start])
  for (const id of found) {
    const module = modules.getModuleInfo(id)
    for (const next of module ? imports(module) : []) found.add(next)
  }
  return found
}

/** Names the page of every module that one page alone ever has, `null` where it has it only later. */
function modulesOfOnePage(modules: Modules) {
  const main = resolve('src/main.tsx')
  const shell = broughtBy(main, modules, atStart)
  // Besides the pages, the shell has parts of its own that load late, such as the viewer.
  const parts = new Set(
    [...shell].flatMap(id => modules.getModuleInfo(id)?.dynamicallyImportedIds ?? []),
  )
  const times = new Map<string, number>()
  for (const part of parts)
    for (const id of broughtBy(part, modules, atAnyTime)) times.set(id, (times.get(id) ?? 0) + 1)
  const pages = new Map<string, string | null>()
  for (const page of modules.getModuleInfo(main)?.dynamicallyImportedIds ?? []) {
    const start = broughtBy(page, modules, atStart)
    for (const id of broughtBy(page, modules, atAnyTime))
      if (id !== page && times.get(id) === 1 && !shell.has(id))
        pages.set(id, start.has(id) ? basename(page, '.tsx') : null)
  }
  return pages
}

/**
 * How modules are put together into files. Each file costs a request, and small ones compress worse.
 * - What one page alone has, and starts with, is one file: else all it shares with its own dialogs
 *   would be a file each.
 * - Icons that pages share are one file, and so are controls that many share. A control that one page
 *   alone has stays out: it may need that page's file, which all pages would load then.
 * - What pages start with (`lib`, `api`, the shell) is left alone: one page would wait for all of it.
 */
function groups() {
  let found: Map<string, string | null> | undefined
  const ofOnePage = (modules: Modules) => (found ??= modulesOfOnePage(modules))
  const controls = /\/src\/ui\/(?:controls|credentials|forms|media|text|workflows)\//
  return [
    { name: (id: string, modules: Modules) => ofOnePage(modules).get(id) ?? null, priority: 1 },
    { name: 'icons', test: /lucide-react/, minShareCount: 2 },
    {
      name: (id: string, modules: Modules) =>
        controls.test(id) && !ofOnePage(modules).has(id) ? 'controls' : null,
      minShareCount: 4,
    },
  ]
}

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
      output: { codeSplitting: { includeDependenciesRecursively: false, groups: groups() } },
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
