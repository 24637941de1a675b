import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import type { Plugin } from 'vite'

/** Packages in CommonJS that threads use, each by its default export. */
const commonJs = ['better-sqlite3', 'protobufjs', 'yauzl', 'yazl']

/**
 * These are required, not imported: to import one, Node compiles a WebAssembly module in each thread, and V8 has been
 * seen to fail where threads with such modules come and go (nodejs/node#64500).
 */
const required = (): Plugin => ({
  name: 'required',
  enforce: 'pre',
  resolveId: (id) => (commonJs.includes(id) ? `\0required:${id}` : null),
  load: (id) =>
    id.startsWith('\0required:')
      ? `import { createRequire } from 'node:module'
export default createRequire(import.meta.url)('${id.slice('\0required:'.length)}')`
      : null,
})

// Targets are the oldest Electron that must run this: 33 (Chromium 130, Node 20).
export default defineConfig({
  main: {
    plugins: [required()],
    build: {
      externalizeDeps: { exclude: commonJs },
      target: 'node20.18',
      outDir: 'out/main',
      rollupOptions: {
        input: {
          desktop: 'main/desktop.ts',
          worker: 'main/training/worker.ts',
          importWorker: 'main/data/importWorker.ts',
          exchangeWorker: 'main/exchange/exchangeWorker.ts',
          prefetchWorker: 'main/training/prefetchWorker.ts',
        },
        output: { format: 'es', entryFileNames: '[name].js' },
      },
    },
  },
  preload: {
    build: {
      target: 'node20.18',
      outDir: 'out/preload',
      // A sandboxed preload is a CommonJS script with nothing to require but Electron.
      rollupOptions: {
        input: { preload: 'main/preload.ts' },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'renderer',
    base: './',
    build: {
      target: 'chrome130',
      outDir: 'out/renderer',
      minify: true,
      rollupOptions: { input: resolve(import.meta.dirname, 'renderer/index.html') },
      chunkSizeWarningLimit: 2000,
    },
    plugins: [react()],
  },
})
