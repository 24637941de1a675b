import { defineConfig } from '@playwright/test'
import type { ShellOptions } from './fixtures.ts'

// One worker: a test trains on all cores, and two at a time would measure each other.
export default defineConfig<ShellOptions>({
  testDir: '.',
  outputDir: 'results',
  workers: 1,
  fullyParallel: false,
  retries: 0,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: 'list',
  use: { trace: 'off', screenshot: 'only-on-failure' },
  projects: [
    // `*.desktop.spec.ts` is about what only a window has.
    { name: 'browser', use: { shell: 'browser' }, testIgnore: '**/*.desktop.spec.ts' },
    { name: 'desktop', use: { shell: 'desktop' } },
  ],
})
