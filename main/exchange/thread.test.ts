/** What a thread has said stands, even where the thread itself cannot end. */
import { execFileSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import type { Exported } from '../common/exchange/exchange.ts'
import type { ExportJob } from './jobs.ts'
import { exchangeInThread } from './thread.ts'

const folder = mkdtempSync(join(tmpdir(), 'tapedeck-thread-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const job: ExportJob = {
  kind: 'export',
  version: '0',
  workspace: folder,
  runIds: [],
  path: join(folder, 'out'),
  format: 'archive',
  checkpoints: 'none',
  metrics: null,
  replace: false,
}

/** Waits, without a turn of the event loop, for somebody who reads the pipe. @returns its end to write into */
function heldOpen(pipe: string): number {
  for (;;)
    try {
      return openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENXIO')) throw error
    }
}

test.skipIf(process.platform === 'win32')('an export is done when its thread says so', async () => {
  const pipe = join(folder, 'pipe')
  execFileSync('mkfifo', [pipe])
  const exported: Exported = { path: job.path, runs: 0, bytes: 7, points: 0, checkpoints: 0 }
  const stuck = join(folder, 'stuck.mjs')
  // Reading a pipe that is held open and says nothing, a thread cannot be ended.
  writeFileSync(
    stuck,
    `import { readFileSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
parentPort.postMessage({ kind: 'done', exported: ${JSON.stringify(exported)} })
readFileSync(${JSON.stringify(pipe)}, 'utf8')
`,
  )
  const task = { signal: new AbortController().signal, onProgress: () => undefined }
  const written = exchangeInThread(pathToFileURL(stuck)).write(job, task)
  const end = heldOpen(pipe)
  onTestFinished(() => closeSync(end))
  expect(await written).toEqual(exported)
})
