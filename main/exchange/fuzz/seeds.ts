/** Sound sources of every kind, and how each is damaged: as a file, or inside with its sums made right again. */
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import yauzl from 'yauzl'
import yazl from 'yazl'
import { mutate, type Next } from '../../data/fuzz/mutate.ts'
import { writeArchive } from '../archive/write.ts'
import { maskedCrc32c } from '../events/crc32c.ts'
import { quiet } from '../fixture.ts'
import { filledWorkspace } from '../workspaceFixture.ts'

export interface Seed {
  name: string
  /** Of the file that is read. */
  file: string
  damaged: (next: Next) => Buffer | Promise<Buffer>
}

const golden = (...names: string[]): Buffer =>
  readFileSync(join(import.meta.dirname, '..', 'golden', ...names))
const eventFile = 'events.out.tfevents.1700000000.golden.0'

export async function seeds(): Promise<Seed[]> {
  const archive = await smallArchive()
  const files = await unzipped(archive)
  const plain = golden('torch', 'plain', eventFile)
  const tensors = golden('tensors', 'run', 'train', eventFile)
  const settings = golden('torch', 'settings', '1700000000.5', eventFile)
  return [
    { name: 'archive', file: 'a.tapedeck', damaged: (next) => mutate(archive, next) },
    { name: 'archive, inside', file: 'a.tapedeck', damaged: (next) => insideOut(files, next) },
    { name: 'archive, its list', file: 'a.tapedeck', damaged: (next) => otherList(files, next) },
    { name: 'events', file: eventFile, damaged: (next) => mutate(plain, next) },
    ...[plain, tensors, settings].map((bytes, i) => ({
      name: `events, inside ${i + 1}`,
      file: eventFile,
      damaged: (next: Next) => reframed(bytes, next),
    })),
    { name: 'csv', file: 'm.csv', damaged: (next) => mutate(csv, next) },
    { name: 'lines', file: 'm.jsonl', damaged: (next) => mutate(lines, next) },
  ]
}

const csv = Buffer.from(
  `run,epoch,step,wall_time,loss,"val, loss"\n${Array.from({ length: 12 }, (_, i) => `${'ab'[i % 2]},${i / 4},${i},${1.7e9 + i},${1 / (i + 1)},${i % 3 ? '' : '"0.5"'}\n`).join('')}`,
)
const lines = Buffer.from(
  Array.from(
    { length: 12 },
    (_, i) => `{"step": ${i}, "loss": ${1 / (i + 1)}, "val": {"acc": NaN, "x": [1]}}\n`,
  ).join(''),
)

async function smallArchive(): Promise<Buffer> {
  const workspace = filledWorkspace(20)
  const folder = mkdtempSync(join(tmpdir(), 'tapedeck-seed-'))
  try {
    const path = join(folder, 'seed.tapedeck')
    const request = { runIds: [1, 2], path, checkpoints: 'best' as const, replace: false, version: '1' }
    await writeArchive(workspace.store, request, { ...quiet, onProgress: () => undefined })
    return readFileSync(path)
  } finally {
    workspace.remove()
    rmSync(folder, { recursive: true })
  }
}

type Files = ReadonlyMap<string, Buffer>

async function unzipped(bytes: Buffer): Promise<Files> {
  const zip = await yauzl.fromBufferPromise(bytes)
  const files = new Map<string, Buffer>()
  for await (const entry of zip.eachEntry()) {
    const parts: Buffer[] = []
    for await (const part of await zip.openReadStreamPromise(entry)) parts.push(part as Buffer)
    files.set(entry.fileName, Buffer.concat(parts))
  }
  return files
}

async function zipped(files: Files): Promise<Buffer> {
  const zip = new yazl.ZipFile()
  for (const [name, bytes] of files) zip.addBuffer(bytes, name, { compressionLevel: 1, compress: true })
  zip.end()
  const parts: Buffer[] = []
  for await (const part of zip.outputStream) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

/** One file is damaged, and the list names its new size and sum: what reads the content meets the damage. */
function insideOut(files: Files, next: Next): Promise<Buffer> {
  const changed = new Map(files)
  const names = [...files.keys()].filter((name) => name !== 'manifest.json')
  const name = names[next() % names.length]!
  const bytes = mutate(files.get(name)!, next)
  changed.set(name, bytes)
  const manifest = JSON.parse(files.get('manifest.json')!.toString()) as {
    files: { path: string; bytes: number; sha256: string }[]
  }
  const listed = manifest.files.find(({ path }) => path === name)!
  Object.assign(listed, { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') })
  changed.set('manifest.json', Buffer.from(JSON.stringify(manifest)))
  return zipped(changed)
}

function otherList(files: Files, next: Next): Promise<Buffer> {
  return zipped(new Map(files).set('manifest.json', mutate(files.get('manifest.json')!, next)))
}

/** The records of an event file, one of them damaged and all with right sums. */
function reframed(bytes: Buffer, next: Next): Buffer {
  const records: Buffer[] = []
  for (let at = 0; at < bytes.length;) {
    const length = Number(bytes.readBigUInt64LE(at))
    records.push(bytes.subarray(at + 12, at + 12 + length))
    at += length + 16
  }
  const chosen = next() % records.length
  records[chosen] = mutate(records[chosen]!, next)
  return Buffer.concat(
    records.flatMap((record) => {
      const head = Buffer.alloc(12)
      head.writeBigUInt64LE(BigInt(record.length))
      head.writeUInt32LE(maskedCrc32c(head.subarray(0, 8)), 8)
      const foot = Buffer.alloc(4)
      foot.writeUInt32LE(maskedCrc32c(record))
      return [head, record, foot]
    }),
  )
}
