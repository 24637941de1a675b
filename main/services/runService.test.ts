import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Progress } from '../common/schemas.ts'
import { openStore, type Store } from '../store/index.ts'
import { recordRun } from '../store/runFixture.ts'
import { RunService } from './runService.ts'
import { bytesSetAside, setAside } from './setAside.ts'
import { Tapes } from './tapes.ts'
import { vacuum } from './vacuum.ts'

let folder: string
let store: Store
let service: RunService
let active: number | null

const checkpointFolder = (runId: number): string => join(folder, 'checkpoints', String(runId))

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tapedeck-runs-'))
  store = openStore(folder, 'test')
  active = null
  service = new RunService(store, folder, {
    isActive: (id) => id === active,
    tapes: new Tapes(),
    checkpointFolder,
  })
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true, force: true })
})

/** With a checkpoint folder and so many points. */
function create(name: string, points = 1): number {
  const id = recordRun(store, { name })
  store.transaction(() =>
    store.metrics.append(
      id,
      Array.from({ length: points }, (_, i) => ({ metric: 'm', step: i, value: i, epoch: 0, seconds: 0 })),
    ),
  )
  mkdirSync(checkpointFolder(id))
  writeFileSync(join(checkpointFolder(id), 'last-1.safetensors'), 'weights')
  return id
}
const listed = (): string[] => store.runs.list().map(({ name }) => name)
const binned = (): string[] => store.runs.binned().map(({ name }) => name)
const task = (onProgress: (progress: Progress) => void = () => undefined) => {
  const cancel = new AbortController()
  return { cancel, signal: cancel.signal, onProgress }
}

describe('what is said of runs', () => {
  it('is added to what was said before; a tag is there once', () => {
    const [a, b] = [create('a'), create('b')]
    service.annotate([a, b], { addTags: ['baseline', 'paper'], removeTags: [], note: 'first' })
    service.annotate([a], { addTags: ['paper', 'late'], removeTags: ['baseline'], group: 'g' })
    expect(store.runs.get(a)).toMatchObject({ tags: ['paper', 'late'], note: 'first', group: 'g' })
    expect(store.runs.get(b)).toMatchObject({ tags: ['baseline', 'paper'], note: 'first', group: null })
    service.annotate([a], { addTags: [], removeTags: [], note: '', group: null })
    expect(store.runs.get(a)).toMatchObject({ tags: ['paper', 'late'], note: '', group: null })
  })

  it('is said of all of them or of none', () => {
    const a = create('a')
    expect(() => service.annotate([a, 99], { addTags: ['x'], removeTags: [] })).toThrow('There is no run 99')
    expect(store.runs.get(a).tags).toEqual([])
  })
})

describe('the bin', () => {
  it('takes runs out of the list and gives them back, with all that they had', () => {
    const [a] = [create('a', 20), create('b')]
    const before = store.runs.get(a)
    service.bin([a])
    expect([listed(), binned()]).toEqual([['b'], ['a']])
    service.restore([a])
    expect([listed(), binned()]).toEqual([['b', 'a'], []])
    expect(store.runs.get(a)).toEqual(before)
    expect(existsSync(checkpointFolder(a))).toBe(true)
  })

  it('takes all of them or none: not one that trains, nor one that is not there', () => {
    const [a, b] = [create('a'), create('b')]
    active = b
    expect(() => service.bin([a, b])).toThrow(`Run ${b} is still training.`)
    expect(() => service.bin([a, 99])).toThrow('There is no run 99')
    expect(() => service.restore([a, 99])).toThrow('There is no run 99')
    expect(listed()).toEqual(['b', 'a'])
  })

  it('is emptied with what lies on the disk, and nothing else is', async () => {
    const [a, b, c] = [create('a', 5000), create('b'), create('c')]
    service.bin([a, b])
    const told: string[] = []
    expect(await service.emptyBin(task(({ note }) => void told.push(note)))).toEqual({ runs: 2 })
    expect(told.toSorted()).toEqual(['Deleting a', 'Deleting b'])
    expect([listed(), binned()]).toEqual([['c'], []])
    expect([a, b, c].map((id) => existsSync(checkpointFolder(id)))).toEqual([false, false, true])
    expect(store.removal.unfinished()).toEqual([])
    expect(await service.emptyBin(task())).toEqual({ runs: 0 })
  })

  it('keeps the rest when emptying it is cancelled', async () => {
    service.bin([create('a'), create('b'), create('c')])
    const { cancel, signal } = task()
    const onProgress = ({ done }: Progress): void => {
      if (done === 1) cancel.abort()
    }
    expect(await service.emptyBin({ signal, onProgress })).toEqual({ runs: 2 })
    expect(binned()).toHaveLength(1)
  })
})

describe('deleting', () => {
  it('takes what was set aside of the run along; its bytes are counted until then', async () => {
    const [a, b] = [create('a'), create('b')]
    for (const id of [a, b]) setAside(folder, id, join(checkpointFolder(id), 'last-1.safetensors'))
    expect((await service.sizes()).map(({ setAsideBytes }) => setAsideBytes)).toEqual([7, 7])
    await service.remove(a)
    expect(await service.sizes()).toMatchObject([{ runId: b, setAsideBytes: 7 }])
    expect(await bytesSetAside(folder)).toEqual(new Map([[b, 7]]))
    await service.removeSetAside()
    expect(await service.sizes()).toMatchObject([{ runId: b, setAsideBytes: 0 }])
  })

  it('is refused of a run that trains or is not there', async () => {
    active = create('a')
    await expect(service.remove(active)).rejects.toThrow(`Run ${active} is still training.`)
    await expect(service.remove(99)).rejects.toThrow('There is no run 99')
    expect(listed()).toEqual(['a'])
  })

  it('is finished when the workspace is opened again after a kill', async () => {
    const [a, b] = [create('a', 10_000), create('b', 10)]
    store.removal.begin(a)
    // Killed after the first slice.
    store.removal.slices(a).next()
    expect(listed()).toEqual(['b'])
    expect(store.removal.unfinished()).toEqual([a])
    await service.finishRemovals()
    expect(store.removal.unfinished()).toEqual([])
    expect([a, b].map((id) => existsSync(checkpointFolder(id)))).toEqual([false, true])
    expect(store.space.sizes()).toMatchObject([{ runId: b, points: 10 }])
  })

  it('makes space, which is given back to the disk', async () => {
    const [a, b] = [create('a', 50_000), create('b', 10)]
    expect(store.space.sizes()).toEqual([
      { runId: a, points: 50_000, checkpointBytes: 0 },
      { runId: b, points: 10, checkpointBytes: 0 },
    ])
    await service.remove(a)
    const { free } = store.space
    expect(free).toBeGreaterThan(50_000 * 15)
    expect(await vacuum(store, task())).toEqual({ bytes: free })
    expect(store.space.free).toBe(0)
    expect(await vacuum(store, task())).toEqual({ bytes: 0 })
    expect(store.runs.get(b).summaries.m?.count).toBe(10)
  })
})
