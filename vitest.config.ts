import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['main/**/*.test.{ts,mjs}', 'renderer/**/*.test.{ts,tsx}', 'resources/**/*.test.ts'],
    environment: 'node',
    // The native engine keeps state per process (threads, allocator): one process per test file.
    pool: 'forks',
    testTimeout: 20_000,
  },
})
