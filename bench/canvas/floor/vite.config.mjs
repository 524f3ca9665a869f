/** Builds the floor page from the editor's own packages. `FLOOR_OUT` names the folder it goes to. */
import { resolve } from 'node:path'

const packages = resolve(import.meta.dirname, '../../../frontend/node_modules')

export default {
  root: import.meta.dirname,
  logLevel: 'error',
  resolve: {
    alias: ['react-dom', 'react', '@xyflow/react'].map(name => ({
      find: new RegExp(`^${name}(?=/|$)`),
      replacement: `${packages}/${name}`,
    })),
  },
  oxc: { jsx: { runtime: 'automatic' } },
  build: { outDir: process.env.FLOOR_OUT, emptyOutDir: true, target: 'es2022' },
}
