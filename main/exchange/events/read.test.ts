/** Event files as PyTorch and TensorFlow write them; golden/make*.py made them and asked TensorBoard what is in them. */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { gather, quiet } from '../fixture.ts'
import { crc32c, maskedCrc32c } from './crc32c.ts'
import { readEvents } from './read.ts'

const golden = join(import.meta.dirname, '..', 'golden')
type Expected = Record<string, Record<string, [wallTime: number, step: number, value: number | string][]>>
const read = (...path: string[]): Expected =>
  JSON.parse(readFileSync(join(golden, ...path, 'expected.json'), 'utf8')) as Expected
const expected = { ...read(), ...read('tensorflow') }

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tapedeck-events-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const plain = join(golden, 'torch', 'plain', 'events.out.tfevents.1700000000.golden.0')

/** Of each step the last value, finite ones only, by step: what a curve can show. */
function shown(points: Expected[string][string]): [step: number, value: number][] {
  const bySteps = new Map(points.map(([, step, value]) => [step, Number(value)]))
  return [...bySteps].filter(([, value]) => Number.isFinite(value)).sort(([a], [b]) => a - b)
}

test('every value that TensorBoard reads is there, and no other', async () => {
  const { runs } = await gather(readEvents(golden, quiet))
  const names = Object.keys(expected).filter((name) => name !== 'torch/settings/1700000000.5')
  expect([...runs.keys()].sort()).toEqual(names.sort())
  for (const name of names) {
    const own = { ...expected[name], ...(name === 'torch/settings' ? expected[`${name}/1700000000.5`] : {}) }
    const { curves } = runs.get(name)!
    expect([...curves.keys()].sort(), name).toEqual(Object.keys(own).sort())
    for (const [metric, points] of Object.entries(own))
      expect(
        curves.get(metric)!.map(({ step, value }) => [step, value]),
        `${name} ${metric}`,
      ).toEqual(shown(points))
  }
})

test('times count from the first point, and the run was begun then', async () => {
  const { runs } = await gather(readEvents(join(golden, 'torch', 'plain'), quiet))
  const { run, curves } = runs.get('plain')!
  expect(run.createdAt).toBe(1_700_000_000_250)
  expect(run.endedAt).toBe(1_700_000_029_750)
  expect(curves.get('val/accuracy')!.map(({ seconds }) => seconds)).toEqual([
    4.5, 9.5, 14.5, 19.5, 24.5, 29.5,
  ])
  expect(run).toMatchObject({
    name: 'plain',
    steps: 59,
    seconds: 29.5,
    config: null,
    origin: { kind: 'tensorboard' },
  })
})

test('settings of the hparams plugin, with their types, as TensorFlow writes them', async () => {
  const { runs } = await gather(readEvents(join(golden, 'tensorflow', 'tf2', 'settings'), quiet))
  expect(runs.get('settings')!.run.origin.settings).toEqual({
    lr: 0.01,
    units: 16,
    optimizer: 'adam',
    nesterov: true,
  })
})

// SummaryWriter itself writes True as 1.
test('settings of add_hparams belong to the run that wrote them', async () => {
  const { runs } = await gather(readEvents(join(golden, 'torch', 'settings'), quiet))
  expect([...runs.keys()]).toEqual(['settings'])
  expect(runs.get('settings')!.run.origin.settings).toEqual({
    lr: 0.003,
    optimizer: 'adam',
    nesterov: 1,
    batch: 32,
  })
})

test('what is not a number is told, with its steps', async () => {
  const { runs, notes } = await gather(readEvents(join(golden, 'torch', 'order'), quiet))
  expect(notes).toEqual(['odd is NaN at 3 steps from 1 to 3 in “order”; a curve cannot show that.'])
  expect(runs.get('order')!.run.events).toEqual([
    { step: 1, kind: 'remark', note: 'odd is NaN at 3 steps from 1 to 3.' },
  ])
})

test('a file that is still written is read up to its last whole record', async () => {
  const { runs, notes } = await gather(readEvents(join(golden, 'torch', 'cut'), quiet))
  expect(runs.get('cut')!.curves.get('loss')).toHaveLength(9)
  expect(notes).toEqual([
    'The last record of “cut” is incomplete and was left out, as while a program still writes.',
  ])
})

test('a later file replaces an earlier one from its first step on, also without a purge', async () => {
  const run = join(folder, 'again')
  mkdirSync(run)
  copyFileSync(plain, join(run, 'events.out.tfevents.1.a'))
  copyFileSync(
    join(golden, 'torch', 'cut', 'events.out.tfevents.1700000000.golden.0'),
    join(run, 'events.out.tfevents.2.a'),
  )
  copyFileSync(plain, join(run, 'events.out.tfevents.3.a'))
  const { runs, notes } = await gather(readEvents(run, quiet))
  expect(runs.get('again')!.curves.get('train/loss')).toHaveLength(60)
  expect(runs.get('again')!.curves.get('loss')).toHaveLength(9)
  expect(notes[1]).toBe('“again” was begun again: 126 points of an earlier file were replaced by later ones.')
})

test('what follows a flipped bit is left out, and said', async () => {
  const bytes = readFileSync(plain)
  bytes[4000]! ^= 4
  const file = join(folder, 'events.out.tfevents.9')
  writeFileSync(file, bytes)
  const { runs, notes } = await gather(readEvents(file, quiet))
  const [run] = runs.values()
  const whole = shown(expected['torch/plain']!['train/loss']!)
  const read = run!.curves.get('train/loss')!.map(({ step, value }) => [step, value])
  expect(read.length).toBeGreaterThan(10)
  expect(read.length).toBeLessThan(whole.length)
  expect(read).toEqual(whole.slice(0, read.length))
  expect(notes).toHaveLength(1)
  expect(notes[0]).toMatch(
    /is damaged: record \d+, at byte \d+, has a wrong sum\. What comes after it was left out\.$/,
  )
})

test('a file that was compressed is refused, with what to do', async () => {
  for (const packed of [gzipSync(readFileSync(plain)), deflateSync(readFileSync(plain))]) {
    const file = join(folder, 'events.out.tfevents.10.gz')
    writeFileSync(file, packed)
    await expect(gather(readEvents(file, quiet))).rejects.toThrow(
      /holds no scalars.* is compressed; unpack it/,
    )
  }
})

test('a folder without scalars is refused', async () => {
  await expect(gather(readEvents(join(golden, '..', 'events'), quiet))).rejects.toMatchObject({
    code: 'exchange/nothing',
  })
  await expect(gather(readEvents(join(folder, 'nowhere'), quiet))).rejects.toMatchObject({
    code: 'exchange/file',
  })
})

test('CRC-32C is that of RFC 3720, B.4', () => {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
  expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43)
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e)
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283)
  expect(maskedCrc32c(new Uint8Array(32))).toBe(
    (((0x8a9136aa >>> 15) | (0x8a9136aa << 17)) + 0xa282ead8) >>> 0,
  )
})
