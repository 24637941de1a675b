import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { describe, expect, test } from 'vitest'
import type { Progress } from '../common/schemas.ts'
import { put, refusal, temporaryFolder, tokenOptions } from './fixtures.ts'
import { importDataset, makeInThread } from './index.ts'

const url = new URL('./importWorker.ts', import.meta.url)
const make = makeInThread(url)

async function texts(rows: number): Promise<{ path: string; datasetsFolder: string }> {
  const folder = await temporaryFolder()
  const lines = Array.from(
    { length: rows },
    (_, row) => `${row % 2 ? 'ham' : 'spam'}\tmessage ${row} of many`,
  )
  await put(folder, { 'texts.tsv': lines.join('\n') })
  return { path: join(folder, 'texts.tsv'), datasetsFolder: join(folder, 'datasets') }
}

describe('an import in a thread of its own', () => {
  test('makes the same data set as one without, and tells its progress', async () => {
    const { path, datasetsFolder } = await texts(200)
    const told: Progress[] = []
    const onProgress = (progress: Progress): number => told.push(progress)
    const made = await importDataset(path, tokenOptions, { datasetsFolder, onProgress }, make)
    const plain = await importDataset(path, tokenOptions, { datasetsFolder: `${datasetsFolder}2` })
    expect({ ...made, importedAt: 0 }).toEqual({ ...plain, importedAt: 0 })
    expect(told.at(-1)?.done).toBe(told.at(-1)?.total)
    expect(await readdir(datasetsFolder)).toEqual([made.id])
    expect(await importDataset(path, tokenOptions, { datasetsFolder }, make)).toEqual(made)
  })

  test('is refused in the same words', async () => {
    const { path, datasetsFolder } = await texts(4)
    const gone = `${path}.gone`
    const said = await refusal(importDataset(gone, tokenOptions, { datasetsFolder }, make))
    expect(said).toEqual(await refusal(importDataset(gone, tokenOptions, { datasetsFolder })))
    expect(await readdir(datasetsFolder)).toEqual([])
  })

  test('does not hold the thread that asked for it, and leaves nothing when it is cancelled', async () => {
    const { path, datasetsFolder } = await texts(60_000)
    const delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
    const cancel = new AbortController()
    let steps = 0
    const onProgress = (): void => {
      if ((steps += 1) === 3) cancel.abort(new Error('cancelled by the test'))
    }
    const running = importDataset(
      path,
      tokenOptions,
      { datasetsFolder, signal: cancel.signal, onProgress },
      make,
    )
    await expect(running).rejects.toThrow('cancelled by the test')
    delay.disable()
    expect(delay.percentile(99) / 1e6).toBeLessThan(50)
    expect(await readdir(datasetsFolder)).toEqual([])
  })

  test('that dies is refused, and leaves nothing', async () => {
    const { path, datasetsFolder } = await texts(20)
    const dying = makeInThread(new URL('data:text/javascript,process.exit(3)'))
    const said = await refusal(importDataset(path, tokenOptions, { datasetsFolder }, dying))
    expect(said.code).toBe('data/import-ended')
    expect(await readdir(datasetsFolder)).toEqual([])
  })
})
