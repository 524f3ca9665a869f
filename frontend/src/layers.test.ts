// @vitest-environment node
/** The order of the rooms, as `npm run lint` keeps it: each imports those before it, pages no page. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'

const PAGES = [
  'assets',
  'editor',
  'gallery',
  'history',
  'library',
  'models',
  'play',
  'run-pages',
  'runners',
  'settings',
]
const LAYERS = [
  ['lib'],
  ['api'],
  ['catalog'],
  ['document'],
  ['runs'],
  ['ui'],
  ['comfy', 'importing'],
  PAGES,
]
const ROOMS = LAYERS.flat()
const WITHOUT_REACT = ['lib', 'api', 'catalog', 'document', 'runs']

let place: string
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'layers-'))
  copyFileSync('biome.json', join(place, 'biome.json'))
})
afterEach(() => rmSync(place, { recursive: true }))

function write(path: string, text: string): void {
  mkdirSync(dirname(join(place, path)), { recursive: true })
  writeFileSync(join(place, path), text)
}

/** The files in which the linter finds a break of a rule. */
function breaks(rule: string): Set<string> {
  const options = ['lint', `--only=${rule}`, '--reporter=json', '--max-diagnostics=none', 'src']
  let report: string
  try {
    report = execFileSync(join(process.cwd(), 'node_modules/.bin/biome'), options, {
      cwd: place,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  } catch (failed) {
    report = (failed as { stdout: string }).stdout
  }
  const { diagnostics } = JSON.parse(report)
  return new Set(diagnostics.map((row: { location: { path: string } }) => row.location.path))
}

const layerOf = (room: string) => LAYERS.findIndex(layer => layer.includes(room))

it('every folder has a place in the order', () => {
  const folders = readdirSync('src', { withFileTypes: true }).filter(entry => entry.isDirectory())
  expect(folders.map(({ name }) => name).sort()).toEqual([...ROOMS].sort())
})

it('a room imports the rooms before it and no other, neither values nor types', () => {
  const wrong: string[] = []
  for (const room of ROOMS) {
    for (const other of ROOMS.filter(name => name !== room)) {
      const made: [string, string][] = [
        [`src/${room}/a/${other}.ts`, `import { x } from '../../${other}/x'\nexport const y = x\n`],
        [`src/${room}/type-${other}.ts`, `export type { X } from '../${other}/a/x'\n`],
        [`src/${room}/late-${other}.ts`, `export const later = () => import('../${other}/x')\n`],
      ]
      for (const [path, text] of made) write(path, text)
      if (layerOf(other) >= layerOf(room)) wrong.push(...made.map(([path]) => path))
    }
  }
  expect([...breaks('style/noRestrictedImports')].sort()).toEqual(wrong.sort())
})

it('what is below ui is logic without React', () => {
  for (const room of ROOMS) write(`src/${room}/hook.ts`, `export { useState } from 'react'\n`)
  const wrong = WITHOUT_REACT.map(room => `src/${room}/hook.ts`)
  expect([...breaks('style/noRestrictedImports')].sort()).toEqual(wrong.sort())
})

it('files that import each other are found, for types too', () => {
  write('src/lib/one.ts', `import type { Two } from './two'\nexport type One = Two[]\n`)
  write('src/lib/two.ts', `import type { One } from './one'\nexport type Two = One | null\n`)
  write('src/lib/three.ts', `import type { One } from './one'\nexport type Three = One\n`)
  expect([...breaks('suspicious/noImportCycles')].sort()).toEqual([
    'src/lib/one.ts',
    'src/lib/two.ts',
  ])
})
