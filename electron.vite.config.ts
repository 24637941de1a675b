import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

// Targets are the oldest Electron that must run this: 33 (Chromium 130, Node 20).
export default defineConfig({
  main: {
    build: {
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
