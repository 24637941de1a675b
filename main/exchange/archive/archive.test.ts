/** An archive of runs, written and read back: everything is as it was; what is damaged or hostile writes nothing. */
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import yazl from 'yazl'
import type { Imported, KeptCheckpoints } from '../../common/exchange/exchange.ts'
import { exampleDetail } from '../../common/runFixture.ts'
import type { Store } from '../../store/index.ts'
import { filesOf } from '../../training/checkpointFiles.ts'
import { absorb } from '../absorb.ts'
import { quiet } from '../fixture.ts'
import { emptyWorkspace, filledWorkspace, type Workspace } from '../workspaceFixture.ts'
import { archiveFormat, archiveVersion } from './layout.ts'
import { readArchive } from './read.ts'
import { writeArchive } from './write.ts'

let source: Workspace
let target: Workspace
let folder: string
beforeEach(() => {
  source = filledWorkspace()
  target = emptyWorkspace()
  folder = mkdtempSync(join(tmpdir(), 'tapedeck-archive-'))
})
afterEach(() => {
  source.remove()
  target.remove()
  rmSync(folder, { recursive: true, force: true })
})

const archivePath = (): string => join(folder, 'runs.tapedeck')
const silent = { signal: quiet.signal, onProgress: () => undefined }

async function exported(checkpoints: KeptCheckpoints = 'all', runIds = [1, 2]): Promise<string> {
  const path = archivePath()
  await writeArchive(source.store, { runIds, path, checkpoints, replace: true, version: '9' }, silent)
  return path
}

async function imported(
  path: string,
  { again = false, signal = quiet.signal, into = target } = {},
): Promise<Omit<Imported, 'path' | 'kind'>> {
  const staging = mkdtempSync(join(into.folder, 'checkpoints', 'import-'))
  try {
    const { checkpointFolder } = into
    return await absorb(readArchive(path, staging, { ...quiet, signal }), into.store, {
      checkpointFolder,
      again,
      signal,
    })
  } finally {
    rmSync(staging, { recursive: true })
  }
}

/** Everything of a run that an archive keeps. */
function wholeOf(store: Store, id: number): object {
  const { id: _, parent, origin: _o, checkpoint, checkpoints, binnedAt: _b, ...run } = store.runs.get(id)
  return {
    ...run,
    parentStep: parent?.step,
    checkpoint: checkpoint?.replace(/^.*checkpoints.\d+/, ''),
    checkpoints: checkpoints.map(({ id: own, runId: _r, path, ...rest }) => ({
      ...rest,
      config: store.checkpoints.config(own),
      files: filesOf(path).map((file) => readFileSync(file, 'hex')),
    })),
    points: store.transfer
      .metrics(id)
      .map(({ id: metricId, metric }) => ({ metric, points: [...store.transfer.points(id, metricId)] })),
    layers: store.health.layers(id),
    probes: [...store.transfer.probes(id)],
    predictions: [...store.predictions.packed(id)],
    series: store.metrics.series({
      runIds: [id],
      metrics: ['batch/loss'],
      maxBuckets: 5,
      fromStep: null,
      toStep: null,
    }),
  }
}
const withoutRunIds = (value: object): object =>
  JSON.parse(JSON.stringify(value).replace(/"runId":\d+/g, '"runId":0')) as object

describe('there and back', () => {
  test('everything is as it was', async () => {
    const { name, datasetId, datasetName, config, document, engine, parameters } = exampleDetail()
    target.store.runs.create({ name, datasetId, datasetName, config, document, engine, parameters })
    const result = await imported(await exported())
    expect(result).toMatchObject({
      runs: [
        { id: 2, name: 'first' },
        { id: 3, name: 'second, “quoted”' },
      ],
      known: [],
      metrics: 2,
      points: 88,
      checkpoints: 6,
      notes: [],
    })
    for (const [before, after] of [
      [1, 2],
      [2, 3],
    ] as const)
      expect(withoutRunIds(wholeOf(target.store, after))).toEqual(
        withoutRunIds(wholeOf(source.store, before)),
      )
    expect(target.store.runs.get(3).parent).toEqual({ runId: 2, step: 10 })
    expect(target.store.runs.get(3).origin).toMatchObject({ kind: 'archive', path: archivePath() })
    expect(readdirSync(join(target.folder, 'checkpoints')).sort()).toEqual(['2', '3'])
  })

  test.each([
    ['none', 0, []],
    ['best', 2, ['best-20', 'last-40']],
    ['all', 3, ['best-20', 'last-40', 'step-10']],
  ] as const)('%s: of a run %i checkpoints', async (kept, count, names) => {
    const result = await imported(await exported(kept, [1]))
    expect(result.checkpoints).toBe(count)
    const files = existsSync(target.checkpointFolder(1)) ? readdirSync(target.checkpointFolder(1)) : []
    expect([...new Set(files.map((name) => name.split('.')[0]))].sort()).toEqual(names)
    expect(target.store.runs.get(1).weightsSha256).toBe(source.store.runs.get(1).weightsSha256)
  })

  test('a run whose parent stays behind has none', async () => {
    await imported(await exported('none', [2]))
    expect(target.store.runs.get(1).parent).toBeNull()
  })

  test('the same archive twice is said, and doubled only when asked', async () => {
    const path = await exported()
    await imported(path)
    target.store.runs.rename(1, 'renamed since')
    target.store.runs.bin(2, 1)
    expect(await imported(path)).toMatchObject({
      runs: [],
      known: [
        { id: 1, name: 'first', binned: false },
        { id: 2, binned: true },
      ],
      points: 0,
    })
    expect((await imported(path, { again: true })).runs.map(({ id }) => id)).toEqual([3, 4])
    // Also where it came from.
    expect((await imported(path, { into: source })).known).toHaveLength(2)
  })

  test('a run that is under way arrives as interrupted', async () => {
    source.store.runs.setProgress(1, {
      status: 'running',
      epochsDone: 1,
      steps: 9,
      seconds: 1,
      samplesPerSecond: 1,
    })
    await imported(await exported('none', [1]))
    expect(target.store.runs.get(1).status).toBe('interrupted')
  })

  test('cancelled on the way: nothing is left', async () => {
    const path = await exported()
    const abort = new AbortController()
    const append = target.store.metrics.append.bind(target.store.metrics)
    target.store.metrics.append = (...args) => {
      abort.abort()
      append(...args)
    }
    await expect(imported(path, { signal: abort.signal })).rejects.toThrow(/abort/i)
    nothingIn(target)
  })

  test('a file that is there is not written over unless asked', async () => {
    const path = archivePath()
    writeFileSync(path, 'mine')
    const request = { runIds: [1], path, checkpoints: 'none' as const, replace: false, version: '9' }
    await expect(writeArchive(source.store, request, silent)).rejects.toMatchObject({
      code: 'exchange/exists',
    })
    expect(readFileSync(path, 'utf8')).toBe('mine')
    await writeArchive(source.store, { ...request, replace: true }, silent)
    expect(readFileSync(path, 'latin1').startsWith('PK')).toBe(true)
  })

  test('a checkpoint that went away is named, and no file is left', async () => {
    rmSync(join(source.checkpointFolder(1), 'last-40.state.safetensors'))
    await expect(exported()).rejects.toMatchObject({ code: 'exchange/checkpoint-gone' })
    expect(readdirSync(folder)).toEqual([])
  })

  test('cancelled while it is written: no file is left', async () => {
    const abort = new AbortController()
    const request = {
      runIds: [1, 2],
      path: archivePath(),
      checkpoints: 'all' as const,
      replace: false,
      version: '9',
    }
    const task = { signal: abort.signal, onProgress: () => abort.abort() }
    await expect(writeArchive(source.store, request, task)).rejects.toThrow(/abort/i)
    expect(readdirSync(folder)).toEqual([])
  })
})

/** No run, also not in the bin, no point, no file. */
function nothingIn({ store, folder: workspace }: Workspace): void {
  expect(store.runs.list()).toEqual([])
  expect(store.runs.binned()).toEqual([])
  expect(store.transfer.metrics(1)).toEqual([])
  expect(readdirSync(join(workspace, 'checkpoints'))).toEqual([])
}

describe('archives that nobody should trust', () => {
  /** A file that the list names truly, whatever it holds. */
  interface File {
    name: string
    content: string | Buffer
    mode?: number
    unlisted?: boolean
    sha256?: string
    bytes?: number
  }

  async function built(
    files: readonly File[],
    manifest: object = {},
    patch = (bytes: Buffer) => bytes,
  ): Promise<string> {
    const zip = new yazl.ZipFile()
    const listed = files
      .filter(({ unlisted }) => !unlisted)
      .map(({ name, content, sha256, bytes }) => ({
        path: name,
        bytes: bytes ?? Buffer.from(content).length,
        sha256: sha256 ?? createHash('sha256').update(content).digest('hex'),
      }))
    const whole = {
      format: archiveFormat,
      version: archiveVersion,
      tapedeck: '9',
      createdAt: 1,
      runs: [{ id: 1, name: 'x' }],
      files: listed,
      ...manifest,
    }
    for (const { name, content, mode } of files)
      zip.addBuffer(Buffer.from(content), name, mode === undefined ? {} : { mode })
    zip.addBuffer(Buffer.from(JSON.stringify(whole)), 'manifest.json')
    zip.end()
    const parts: Buffer[] = []
    for await (const part of zip.outputStream) parts.push(part as Buffer)
    const path = join(folder, 'hostile.tapedeck')
    writeFileSync(path, patch(Buffer.concat(parts)))
    return path
  }

  async function refused(path: string, code: string, what: RegExp): Promise<void> {
    await expect(imported(path)).rejects.toMatchObject({ code, what: expect.stringMatching(what) as string })
    nothingIn(target)
  }

  const named = (from: string, to: string) => (bytes: Buffer) =>
    Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1')

  test.each([
    ['climbs out', 'aa/aa/evil', '../../evil'],
    ['is absolute', 'aa/aa/evil', '/tmp//evil'],
    ['has a drive', 'aa/aa/evil', 'C:/aa/evil'],
    ['has backslashes', 'aa/aa/evil', '..\\..\\evi'],
  ])('a path that %s', async (_, from, to) => {
    const path = await built([{ name: from, content: 'x', unlisted: true }], {}, named(from, to))
    await expect(imported(path)).rejects.toMatchObject({
      code: expect.stringMatching(/^exchange\//) as string,
    })
    nothingIn(target)
  })

  test('a file that no archive has', async () => {
    await refused(
      await built([{ name: 'runs/1/run.sh', content: 'x' }]),
      'exchange/hostile',
      /“runs\/1\/run.sh”/,
    )
  })

  test('a link', async () => {
    const path = await built([{ name: 'runs/1/run.json', content: '/etc/passwd', mode: 0o120777 }])
    await refused(path, 'exchange/hostile', /is a link/)
  })

  test('a file twice', async () => {
    const file = { name: 'runs/1/run.json', content: '{}' }
    await refused(await built([file, file]), 'exchange/hostile', /twice/)
  })

  test('a bomb', async () => {
    const path = await built([{ name: 'runs/1/points.jsonl', content: Buffer.alloc(64 << 20) }])
    await refused(path, 'exchange/hostile', /would grow from \d+ to 67108864 bytes/)
  })

  test('a bomb that declares a small size', async () => {
    const size = Buffer.alloc(4)
    size.writeUInt32LE(64 << 20)
    const small = Buffer.alloc(4)
    small.writeUInt32LE(1000)
    const path = await built(
      [{ name: 'runs/1/run.json', content: Buffer.alloc(64 << 20), bytes: 1000 }],
      {},
      named(size.toString('latin1'), small.toString('latin1')),
    )
    await refused(path, 'exchange/damaged', /too many bytes|more than|damaged/)
  })

  test('a newer version, and another kind of zip', async () => {
    await refused(await built([], { version: 99 }), 'exchange/version', /newer Tapedeck \(form 99/)
    await refused(await built([], { format: 'else' }), 'exchange/hostile', /another kind/)
  })

  test('what the list does not name, or names without its being there', async () => {
    const run = { name: 'runs/1/run.json', content: '{}' }
    await refused(await built([{ ...run, unlisted: true }]), 'exchange/hostile', /its list does not name/)
    const listed = [{ path: 'runs/1/run.json', bytes: 2, sha256: 'a'.repeat(64) }]
    await refused(await built([], { files: listed }), 'exchange/damaged', /is missing/)
  })

  test('other content than its sum says', async () => {
    const path = await built([{ name: 'runs/1/run.json', content: '{}', sha256: 'b'.repeat(64) }])
    await refused(path, 'exchange/damaged', /SHA-256/)
  })

  test.each([1, 0.9, 0.5, 0.1, 0.001])('cut to %f of its length', async (share) => {
    const path = await exported()
    const bytes = readFileSync(path)
    writeFileSync(path, bytes.subarray(0, Math.max(5, Math.floor(bytes.length * share) - 1)))
    await refused(path, 'exchange/damaged', /not a whole archive/)
  })

  test('points out of order, more than told, fewer than told', async () => {
    const path = await exported('none', [1])
    const original = await filesIn(path)
    const rewritten = async (change: (lines: string) => string): Promise<string> =>
      built(
        original.map((file) =>
          file.name.endsWith('points.jsonl') ? { ...file, content: change(file.content) } : file,
        ),
      )
    await refused(
      await rewritten((text) => text.replace('[1,2,', '[2,1,')),
      'exchange/damaged',
      /out of order at 1/,
    )
    await refused(await rewritten((text) => text + text), 'exchange/damaged', /other points|out of order/)
    await refused(
      await rewritten((text) => text.split('\n').slice(1).join('\n')),
      'exchange/damaged',
      /lacks 40 points/,
    )
    await refused(await rewritten((text) => text.replace('[1,2,', '[1,1e999,')), 'exchange/damaged', /./)
  })

  test('predictions that are not what they say', async () => {
    const original = await filesIn(await exported('none', [1]))
    const files = original.map((file) =>
      file.name.endsWith('predictions-best')
        ? { ...file, content: file.content.replace('"count":2', '"count":3') }
        : file,
    )
    await refused(await built(files), 'exchange/damaged', /predictions of “first” do not fit/)
  })

  async function filesIn(path: string): Promise<{ name: string; content: string }[]> {
    const { default: yauzl } = await import('yauzl')
    const zip = await yauzl.openPromise(path)
    const files = []
    for await (const entry of zip.eachEntry()) {
      const parts: Buffer[] = []
      for await (const part of await zip.openReadStreamPromise(entry)) parts.push(part as Buffer)
      if (entry.fileName !== 'manifest.json')
        files.push({ name: entry.fileName, content: Buffer.concat(parts).toString('utf8') })
    }
    return files
  }
})
