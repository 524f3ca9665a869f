/** How the pages are built: into the site's static folder, with a manifest the shell reads. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
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

export default defineConfig({
  base: '/static/canvas/',
  plugins: [react(), precompress()],
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
      // How long each part took is for who works on the build, not for who starts Patchbay.
      checks: { bundlerTimings: false },
    },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8000', '/media': 'http://127.0.0.1:8000' } },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}'] },
})
