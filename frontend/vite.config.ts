/** How the pages are built: into the site's static folder, with a manifest the shell reads. */
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  base: '/static/canvas/',
  plugins: [react()],
  build: {
    outDir: '../canvas/static/canvas',
    emptyOutDir: true,
    manifest: 'manifest.json',
    target: 'es2022',
    modulePreload: { polyfill: false },
    // Fonts and icons stay files: the content policy allows no data addresses for them.
    assetsInlineLimit: 0,
    rolldownOptions: { input: { main: 'src/main.tsx', theme: 'src/theme.ts' } },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8000', '/media': 'http://127.0.0.1:8000' } },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}'] },
})
