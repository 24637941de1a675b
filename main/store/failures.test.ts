/** What a disk, a clock or a person may do to a workspace: each ends in a sentence, and what was intact stays so. */
import Database from 'better-sqlite3'
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { openStore, type Store } from './index.ts'
import { recordRun } from './runFixture.ts'
import { migrations } from './schema.ts'
import { fill, mayMount, small } from './smallDisk.ts'

let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tapedeck-failures-'))
  file = join(folder, 'workspace.db')
})
afterEach(() => {
  vi.useRealTimers()
  rmSync(folder, { recursive: true, force: true })
})

const sum = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')

const log = (store: Store, runId: number, count: number, from = 1): void =>
  store.transaction(() =>
    store.metrics.append(
      runId,
      Array.from({ length: count }, (_, i) => ({
        metric: 'm',
        step: from + i,
        value: i,
        epoch: 0,
        seconds: 0,
      })),
    ),
  )
/** The sentence of the UserError that the work ends in. */
const sentence = (store: Store, work: () => void): string => {
  try {
    work()
  } catch (error) {
    return String(store.described(error))
  }
  throw new Error('nothing was refused')
}

/** A workspace of the first version, with a run in it. */
function makeFirstVersion(where: string): void {
  const first = new Database(join(where, 'workspace.db'))
  first.exec(readFileSync(join(import.meta.dirname, 'fixtures', 'first.sql'), 'utf8'))
  first.close()
}

describe('an older version', () => {
  it('is kept as a copy before it is brought up to date', () => {
    makeFirstVersion(folder)
    openStore(folder, 'test').close()
    const copy = `${file}.before-v${migrations.length}`
    const kept = new Database(copy, { readonly: true })
    expect(kept.pragma('user_version', { simple: true })).toBe(1)
    expect(kept.prepare('SELECT count(*) AS runs FROM run').get()).toEqual({ runs: 3 })
    kept.close()
  })

  it('is not copied when there is nothing to bring up to date, and old copies give way to new ones', () => {
    openStore(folder, 'test').close()
    expect(readdirSync(folder).filter((name) => name.includes('before'))).toEqual([])
    rmSync(file)
    for (const version of [1, 2, 3, 10]) writeFileSync(`${file}.before-v${version}`, '')
    writeFileSync(`${file}.before-v5.notes`, 'mine')
    makeFirstVersion(folder)
    openStore(folder, 'test').close()
    const copies = readdirSync(folder).filter((name) => name.includes('before'))
    expect(copies.toSorted()).toEqual(
      ['10', '3', '5.notes', String(migrations.length)].map((v) => `workspace.db.before-v${v}`).toSorted(),
    )
  })

  it.skipIf(!mayMount)('is left as it is where the disk has no space for a copy (needs to mount)', () => {
    const place = small('4m')
    makeFirstVersion(place)
    const before = sum(join(place, 'workspace.db'))
    expect(() => openStore(place, 'test')).toThrow(
      /older version.* are needed, .* are free. Nothing was changed/,
    )
    expect(sum(join(place, 'workspace.db'))).toBe(before)
    expect(readdirSync(place).filter((name) => name.includes('before'))).toEqual([])
  })
})

it('a newer version is refused and not touched, not even its unfinished log', () => {
  makeFirstVersion(folder)
  const newer = new Database(file)
  newer.pragma('journal_mode = WAL')
  newer.pragma(`user_version = ${migrations.length + 1}`)
  newer.pragma('wal_checkpoint(TRUNCATE)')
  newer.exec("UPDATE run SET name = 'in the log'")
  // As a killed process leaves it: a log, and nobody who has it open.
  const log = readFileSync(`${file}-wal`)
  const main = readFileSync(file)
  newer.close()
  writeFileSync(file, main)
  writeFileSync(`${file}-wal`, log)
  expect(() => openStore(folder, 'test')).toThrow(/written by a newer Tapedeck/)
  expect(readFileSync(file).equals(main)).toBe(true)
  expect(readFileSync(`${file}-wal`).equals(log)).toBe(true)
})

describe('a damaged file', () => {
  const make = (): void => {
    const store = openStore(folder, 'test')
    for (let i = 0; i < 5; i++) log(store, recordRun(store, { name: `run ${i}` }), 4000)
    store.close()
  }

  it('that was cut is refused with its bytes, and left as it is', () => {
    make()
    const { size } = statSync(file)
    truncateSync(file, size - 10_000)
    const before = sum(file)
    expect(() => openStore(folder, 'test')).toThrow(
      `is damaged: ${size.toLocaleString('en-US')} bytes are expected, it ends after ${(size - 10_000).toLocaleString('en-US')}. Move it away`,
    )
    expect(sum(file)).toBe(before)
    truncateSync(file, 50)
    expect(() => openStore(folder, 'test')).toThrow(/is damaged/)
  })

  it('whose bits were flipped is found out when they are read; the rest is still read and written', () => {
    make()
    const looked = new Database(file)
    const pages = looked.prepare<[], { pageno: number }>(
      "SELECT pageno FROM dbstat WHERE name = 'point' AND pagetype = 'leaf' ORDER BY pageno",
    )
    const leaves = pages.all()
    looked.close()
    const middle = leaves[leaves.length >> 1]?.pageno ?? 0
    const descriptor = openSync(file, 'r+')
    // Its kind, and what follows.
    writeSync(descriptor, Buffer.alloc(64, 0x5a), 0, 64, (middle - 1) * 4096)
    closeSync(descriptor)

    const store = openStore(folder, 'test')
    onTestFinished(() => store.close())
    const query = { metrics: ['m'], maxBuckets: 5000, fromStep: null, toStep: null }
    const told = [1, 2, 3, 4, 5].map((runId) => {
      try {
        return store.metrics.series({ ...query, runIds: [runId] })[0]?.total
      } catch (error) {
        return String(store.described(error))
      }
    })
    expect(told.filter((one) => one === 4000)).toHaveLength(4)
    expect(told.find((one) => one !== 4000)).toMatch(
      /workspace\.db is damaged \(.*malformed\)\. Move it away/,
    )
    expect(store.runs.list()).toHaveLength(5)
    expect(recordRun(store, { name: 'after' })).toBe(6)
    store.runs.rename(6, 'renamed')
    expect(store.runs.get(6).name).toBe('renamed')
  })
})

it.skipIf(!mayMount)(
  'a full disk loses nothing that was stored, and storing goes on with space (needs to mount)',
  () => {
    const place = small('3m')
    const store = openStore(place, 'test')
    onTestFinished(() => store.close())
    const id = recordRun(store)
    log(store, id, 1000)
    const ballast = fill(place)
    const refusal = sentence(store, () => {
      for (let from = 1001; from < 200_000; from += 1000) log(store, id, 1000, from)
    })
    expect(refusal).toMatch(
      /The disk of the workspace file .* is full; nothing of this was stored\. Free some/,
    )
    const { count = 0 } = store.runs.get(id).summaries.m ?? {}
    expect(count % 1000).toBe(0)
    expect(count).toBeGreaterThan(0)
    rmSync(ballast)
    log(store, id, 1000, count + 1)
    expect(store.runs.get(id).summaries.m?.count).toBe(count + 1000)
  },
)

it.skipIf(!mayMount)('a folder on a read-only disk is refused in words (needs to mount)', () => {
  const place = small('8m')
  openStore(place, 'test').close()
  execFileSync('mount', ['-o', 'remount,ro', place])
  expect(() => openStore(place, 'test')).toThrow(/cannot be written \(EROFS\)\. Choose a folder/)
})

it('a file that may only be read is refused and left as it is', () => {
  const store = openStore(folder, 'test')
  recordRun(store)
  store.close()
  chmodSync(file, 0o444)
  const before = sum(file)
  // Root may write anything: a process without its rights asks.
  const root = process.getuid?.() === 0
  if (root) for (const name of ['.', ...readdirSync(folder)]) chownSync(join(folder, name), 65534, 65534)
  const script = `
    import { openStore } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))}
    try { openStore(${JSON.stringify(folder)}, 'test') } catch (error) { console.log(error.message) }`
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    ...(root ? { uid: 65534, gid: 65534 } : {}),
    encoding: 'utf8',
  })
  expect(stdout, stderr).toMatch(
    /The workspace file .*workspace\.db cannot be written\. Change its permissions/,
  )
  expect(sum(file)).toBe(before)
})

it('a clock that jumps back makes no negative duration, and no run older than one before it', () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 5, 1) })
  let store = openStore(folder, 'test')
  const first = recordRun(store, { name: 'first' })
  const cut = recordRun(store, { name: 'cut' })
  vi.setSystemTime(Date.UTC(2020, 0, 1))
  store.runs.end(first, 'finished', null, null)
  const second = recordRun(store, { name: 'second' })
  store.close()
  store = openStore(folder, 'test')
  onTestFinished(() => store.close())
  const runs = store.runs.list()
  expect(runs.map(({ id }) => id)).toEqual([second, cut, first])
  for (const { endedAt, createdAt } of runs) expect(endedAt).toBeGreaterThanOrEqual(createdAt)
})
