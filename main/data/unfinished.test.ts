/** Imports that do not end: what they leave behind, and what is said. */
import { fork } from 'node:child_process'
import { readdir, writeFile } from 'node:fs/promises'
import type * as fileSystem from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { plainTable } from '../common/data/options.ts'
import type { ImportOptions } from '../common/data/options.ts'
import type { Progress } from '../common/schemas.ts'
import { Appender } from './cache/appender.ts'
import { idxOptions, put, refusal, temporaryFolder, textOptions } from './fixtures.ts'
import { importDataset, removeLeftovers } from './index.ts'

const disk = vi.hoisted(() => ({ free: Infinity, full: false }))

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof fileSystem>()
  return {
    ...real,
    statfs: async (path: string) => {
      const found = await real.statfs(path)
      return disk.free === Infinity ? found : { ...found, bavail: disk.free, bsize: 1 }
    },
    open: async (...asked: Parameters<typeof real.open>) => {
      const file = await real.open(...asked)
      if (disk.full && asked[1] === 'wx')
        file.write = () => Promise.reject(Object.assign(new Error('no space left'), { code: 'ENOSPC' }))
      return file
    },
  }
})

const tableOptions: ImportOptions = {
  ...idxOptions,
  kind: 'table',
  table: { ...plainTable, target: 'price', task: 'regress' },
}

async function table(rows: number): Promise<{ path: string; datasetsFolder: string }> {
  const folder = await temporaryFolder()
  const lines = Array.from({ length: rows }, (_, row) => `${(row * 37) % 1009},${row % 13},${row}.5`)
  await put(folder, { 'homes.csv': ['area,rooms,price', ...lines].join('\n') })
  return { path: join(folder, 'homes.csv'), datasetsFolder: join(folder, 'datasets') }
}

describe('a full disk', () => {
  test('is seen before anything is written, with the figures', async () => {
    const { path, datasetsFolder } = await table(2000)
    disk.free = 10_000
    const { code, what } = await refusal(importDataset(path, tableOptions, { datasetsFolder })).finally(
      () => (disk.free = Infinity),
    )
    expect(code).toBe('data/disk-full')
    expect(what).toContain('(2,000 samples of 2)')
    expect(await readdir(datasetsFolder)).toEqual([])
  })

  test('while writing keeps nothing', async () => {
    const folder = await temporaryFolder()
    const path = join(await put(folder, { 'a.tsv': texts(400) }), 'a.tsv')
    const datasetsFolder = join(folder, 'datasets')
    disk.full = true
    const refused = await refusal(importDataset(path, textOptions, { datasetsFolder })).finally(
      () => (disk.full = false),
    )
    expect(refused).toMatchObject({ code: 'data/disk-full' })
    expect(await readdir(datasetsFolder)).toEqual([])
    expect((await importDataset(path, textOptions, { datasetsFolder })).trainCount).toBeGreaterThan(0)
  })

  test('is said of the file that did not fit', async () => {
    const path = join(await temporaryFolder(), 'inputs.bin')
    disk.full = true
    const appender = await Appender.create(path).finally(() => (disk.full = false))
    await appender.append(new Uint8Array(10))
    expect((await refusal(appender.finish())).what).toBe(`The disk filled up while writing ${path}.`)
    await appender.close()
  })
})

describe('a table that is cancelled', () => {
  test.each(['Reading rows', 'Encoding rows', 'Checking'])('at "%s" leaves nothing', async (note) => {
    const { path, datasetsFolder } = await table(3000)
    const abort = new AbortController()
    const onProgress = (progress: Progress): void => {
      if (progress.note === note) abort.abort()
    }
    const running = importDataset(path, tableOptions, { datasetsFolder, signal: abort.signal, onProgress })
    await expect(running).rejects.toMatchObject({ name: 'AbortError' })
    expect(await readdir(datasetsFolder)).toEqual([])
  })
})

test('a process killed half-way leaves what the next start removes, and nothing that is listed', async () => {
  const { path, datasetsFolder } = await table(200_000)
  const program = join(await temporaryFolder(), 'import.ts')
  await writeFile(
    program,
    `import { importDataset } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))}
await importDataset(${JSON.stringify(path)}, ${JSON.stringify(tableOptions)}, {
  datasetsFolder: ${JSON.stringify(datasetsFolder)},
  onProgress: ({ note }) => note === 'Encoding rows' && process.send?.(note),
})
`,
  )
  const child = fork(program, { execArgv: [] })
  const ended = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)))
  await new Promise((resolve) => child.once('message', resolve))
  child.kill('SIGKILL')
  expect(await ended).toBe('SIGKILL')
  const left = await readdir(datasetsFolder)
  expect(left).toHaveLength(1)
  expect(left[0]).toMatch(/^\.unfinished-/)
  await removeLeftovers(datasetsFolder)
  expect(await readdir(datasetsFolder)).toEqual([])
}, 60_000)

test('removing leftovers where nothing was ever imported does nothing', async () => {
  await removeLeftovers(join(await temporaryFolder(), 'datasets'))
})

function texts(count: number): string {
  return Array.from(
    { length: count },
    (_, index) => `${index % 2 ? 'spam' : 'ham'}\tmessage ${index} of the many`,
  ).join('\n')
}
