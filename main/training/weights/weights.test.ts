import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { chain } from '../../common/templates.ts'
import { exampleDataset } from '../../common/data/datasetFixture.ts'
import type { WeightView } from '../../common/health/weights.ts'
import { keep, liveTensors, manualSeed, scope, tensor, type Tensor } from '../../engine/index.ts'
import { writeSafetensors } from '../../export/safetensors.ts'
import { Model } from '../model.ts'
import { probedLayers } from '../probes/layers.ts'
import { arrayOf } from '../run/arrays.ts'
import { filters } from './filters.ts'
import { neighbours } from './neighbours.ts'
import type { Running, WeightSource } from './source.ts'

let folder = ''
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'tapedeck-weights-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const running = (weights: Record<string, Tensor>): Running => ({
  runId: 7,
  step: 42,
  weight: (key) => weights[key] ?? null,
})
const live: WeightSource = { live: 7, path: null, step: 0 }

const data = (sampleShape: (string | number)[]) =>
  exampleDataset({
    sampleShape,
    storedDtype: 'uint8',
    classes: ['a', 'b'].map((name) => ({ name, train: 2, validation: 0 })),
  })

it('knows which layers can be shown, and as what', () => {
  manualSeed(1)
  const views = (sample: (string | number)[], layers: Parameters<typeof chain>[1]): (WeightView | null)[] => {
    const model = new Model(chain('views', [['in', 'input'], ...layers, ['out', 'output']]), data(sample))
    const found = probedLayers(model).map(({ layer }) => layer.view)
    model.dispose()
    return found
  }
  expect(
    views(
      [3, 8, 8],
      [
        ['c1', 'conv2d', { outChannels: 4, kernel: 3 }],
        ['c2', 'conv2d', { outChannels: 3, kernel: 3 }],
        ['flat', 'flatten'],
        ['l1', 'linear', { outFeatures: 2 }],
      ],
    ),
  ).toEqual([
    { kind: 'filters', weight: 'c1.weight', count: 4, channels: 3, rows: 3, columns: 3, colour: true },
    { kind: 'filters', weight: 'c2.weight', count: 3, channels: 4, rows: 3, columns: 3, colour: false },
    null,
  ])
  // The rows of a Linear over images are images; those of the next one are not, even where they are as wide.
  expect(
    views(
      [1, 4, 4],
      [
        ['flat', 'flatten'],
        ['l1', 'linear', { outFeatures: 16 }],
        ['l2', 'linear', { outFeatures: 2 }],
      ],
    ),
  ).toEqual([
    { kind: 'filters', weight: 'l1.weight', count: 16, channels: 1, rows: 4, columns: 4, colour: false },
    null,
  ])
})

it('gives a page of filters in parts of the largest weight, now or of a checkpoint', () => {
  const view = {
    kind: 'filters',
    weight: 'c.weight',
    count: 50,
    channels: 2,
    rows: 1,
    columns: 2,
    colour: false,
  } as const
  const weight = keep(
    tensor(
      Float32Array.from({ length: 200 }, (_, i) => (i - 100) / 50),
      { shape: [50, 2, 1, 2] },
    ),
  )
  const asked = { source: live, view, firstFilter: 48, firstChannel: 1 }
  const before = liveTensors()
  const page = filters(asked, running({ 'c.weight': weight }))
  expect(page).toMatchObject({ step: 42, filters: 2, channels: 1, rows: 1, columns: 2, scale: 2 })
  // Values 194, 195 and 198, 199 of the count, less 100, over 50, over the scale of 2, times 127.
  expect(page.values).toEqual([94, 95, 98, 99].map((value) => Math.round((value / 100) * 127)))
  expect(liveTensors()).toBe(before)

  const path = join(folder, 'last-5.safetensors')
  writeSafetensors(path, [arrayOf('c.weight', weight)], {})
  expect(filters({ ...asked, source: { live: null, path, step: 5 } }, null)).toEqual({ ...page, step: 5 })
  // A run that has just ended is read from what it kept; one that kept nothing is refused.
  expect(filters({ ...asked, source: { live: 8, path, step: 5 } }, null).step).toBe(5)
  expect(() => filters({ ...asked, source: live }, null)).toThrow('This run kept no weights.')
  weight.dispose()
})

it('finds the nearest tokens by cosine, padding and unknown left out', () => {
  writeFileSync(
    join(folder, 'vocabulary.json'),
    JSON.stringify(['<pad>', '<unk>', 'good', 'Great', 'bad', 'great', 'greater']),
  )
  const vectors = [
    [0, 0],
    [1, 0],
    [2, 0],
    [1, 1],
    [-1, 0],
    [3, 0.3],
    [0, 5],
  ]
  const weight = scope(() => keep(tensor(vectors)))
  const view = { kind: 'embedding', weight: 'e.weight', tokens: 7, size: 2 } as const
  const ask = (token: string | null) =>
    neighbours({ source: live, view, datasetFolder: folder, token, most: 3 }, running({ 'e.weight': weight }))
  const near = ask('good')
  expect(near.token).toEqual({ id: 2, text: 'good', norm: 2 })
  expect(near.nearest.map(({ text }) => text)).toEqual(['great', 'Great', 'greater'])
  expect(near.nearest[0]?.similarity).toBeCloseTo(3 / Math.hypot(3, 0.3), 6)
  expect(near.nearest[1]?.similarity).toBeCloseTo(Math.SQRT1_2, 6)
  // As typed first, then another case, then longer ones.
  expect(ask('great')).toMatchObject({ token: { id: 5 }, others: [{ text: 'Great' }, { text: 'greater' }] })
  expect(ask('GREATE').token?.text).toBe('greater')
  expect(ask('nowhere')).toMatchObject({ token: null, nearest: [] })
  expect(ask(null).token?.text).toBe('good')
  weight.dispose()
})
