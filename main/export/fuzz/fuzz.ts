/**
 * Damaged safetensors files are read: every one ends in arrays that lie within it, or in a refusal.
 * A long run: `node main/export/fuzz/fuzz.ts 100000 [SEED]`.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UserError } from '../../common/errors.ts'
import { stream, uniform } from '../../common/random.ts'
import { elementBytes, headerBytes, readSafetensors, readSafetensorsHeader } from '../safetensors.ts'

export interface Report {
  read: number
  refused: number
  /** What should not have happened, with the case's number. */
  faults: string[]
}

const shapes = [[2, 3], [4], [], [0], [1, 1, 1]] as const

/** A whole file. */
function whole(): Buffer {
  const arrays = shapes.map((shape, i) => {
    const dtype = i % 2 === 0 ? ('float32' as const) : ('int64' as const)
    const size = shape.reduce<number>((a, b) => a * b, dtype === 'float32' ? 4 : 8)
    return { name: `layer${i}.weight`, dtype, shape, size }
  })
  const data = Buffer.alloc(arrays.reduce((sum, { size }) => sum + size, 0), 1) // prettier-ignore
  return Buffer.concat([...headerBytes(arrays, { format: 'pt' }), data])
}

/** Words that are put in place of others in the header. */
const words = [
  '-1',
  '1e99',
  '9007199254740993',
  'null',
  '"F32"',
  '"BF16"',
  '[]',
  '{}',
  '__proto__',
  '""',
  '[[[[',
  '0',
]

function damaged(file: Buffer, next: () => number): Buffer {
  const below = (count: number): number => Math.floor(uniform(next) * count)
  let bytes = Buffer.from(file)
  for (let times = 1 + below(3); times > 0; times--) {
    const kind = below(6)
    const at = below(bytes.length || 1)
    if (bytes.length === 0) break
    if (kind === 0) bytes[at] = below(256)
    else if (kind === 1) bytes = bytes.subarray(0, at)
    else if (kind === 2) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(below(bytes.length))])
    else if (kind === 3 && bytes.length >= 8)
      bytes.writeBigUInt64LE(BigInt(below(2 ** 32)) << BigInt(below(32)), 0)
    else {
      // A number or word of the header becomes another; the length in front follows, so that what is behind is read.
      const length = bytes.length >= 8 ? Number(bytes.readBigUInt64LE(0)) : 0
      const text = bytes.subarray(8, 8 + Math.min(length, bytes.length)).toString('latin1')
      const found = [...text.matchAll(/-?\d+|"[^"]*"|[[\]{}]/g)]
      const chosen = found[below(found.length || 1)]
      if (!chosen) continue
      const changed =
        text.slice(0, chosen.index) + words[below(words.length)] + text.slice(chosen.index + chosen[0].length)
      const head = Buffer.alloc(8)
      head.writeBigUInt64LE(BigInt(changed.length))
      bytes = Buffer.concat([head, Buffer.from(changed, 'latin1'), bytes.subarray(8 + text.length)])
    }
  }
  return bytes
}

export async function fuzz(cases: number, seed: number): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'tapedeck-fuzz-'))
  const path = join(folder, 'a.safetensors')
  const report: Report = { read: 0, refused: 0, faults: [] }
  try {
    for (let number = 0; number < cases; number++) {
      const bytes = damaged(whole(), stream(seed, number))
      writeFileSync(path, bytes)
      const [all, header] = [
        ending(() => readSafetensors(path).arrays),
        await ending(() => readSafetensorsHeader(path)),
      ]
      const read = await all
      if (typeof read === 'string' || typeof header === 'string') {
        if (read !== header)
          report.faults.push(`case ${number}: ${String(read)}, but its header alone ${String(header)}`)
        if (read === 'refused') report.refused++
        continue
      }
      report.read++
      const wrong = read.find(
        ({ shape, bytes: data, dtype }) =>
          data.length !== shape.reduce<number>((a, b) => a * b, elementBytes[dtype]),
      )
      if (wrong) report.faults.push(`case ${number}: ${wrong.name} has ${wrong.bytes.length} bytes`)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return report
}

/** What came of reading: the result, `refused`, or the fault. */
async function ending<T>(read: () => T | Promise<T>): Promise<T | string> {
  try {
    return await read()
  } catch (error) {
    return error instanceof UserError && error.code === 'safetensors/damaged'
      ? 'refused'
      : `fault ${String(error)}`
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const report = await fuzz(Number(process.argv[2] ?? 100_000), Number(process.argv[3] ?? 1))
  process.stdout.write(`${report.read} read, ${report.refused} refused, ${report.faults.length} faults\n`)
  for (const fault of report.faults.slice(0, 10)) process.stdout.write(`${fault}\n`)
  process.exitCode = report.faults.length > 0 ? 1 : 0
}
