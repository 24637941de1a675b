import { defineConfig } from 'vitest/config'
import { compiled } from './main/launch/place.mjs'

// For the threads and programs that tests start.
process.env.NODE_COMPILE_CACHE ??= compiled

export default defineConfig({
  test: {
    include: ['main/**/*.test.{ts,mjs}', 'renderer/**/*.test.{ts,tsx}', 'resources/**/*.test.ts'],
    environment: 'node',
    // The native engine keeps state per process (threads, allocator): one process per test file.
    pool: 'forks',
    testTimeout: 20_000,
  },
})
