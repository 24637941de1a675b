/** Asking trained weights, through the whole workbench: samples, new inputs, explanations, texts, files. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Dataset } from './common/data/dataset.ts'
import type { Evaluation } from './common/evaluation/evaluation.ts'
import type { PredictedFiles } from './common/predict/files.ts'
import type { Answer, Given } from './common/predict/subject.ts'
import { resultOf } from './common/resultOf.ts'
import { metrics } from './common/schemas.ts'
import { fitToData } from './common/templates.ts'
import { dataShape } from './common/trainable.ts'
import { Bench, template } from './workbenchFixture.ts'

let bench: Bench
/** A grey PNG of one pixel. */
const onePixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGPwBQAATwBOaYsBbAAAAABJRU5ErkJggg=='
const runs: Record<string, { runId: number; dataset: Dataset }> = {}

/** For some epochs, or for a few steps: then it knows little, and has weights. */
async function trained(id: string, sample: string, epochs: number | null, name = id): Promise<void> {
  const dataset = await bench.importSample(sample)
  const document = fitToData(template(id), dataShape(dataset))
  const runId = await bench.start(dataset, { epochs: epochs ?? 1000, learningRate: 0.05 }, document)
  if (epochs === null) {
    await bench.until((live) => live.runId === runId && live.step > 2)
    await bench.client.training.stop({ runId })
  } else await bench.ended(runId)
  expect((await bench.client.runs.get({ runId })).error).toBeNull()
  runs[name] = { runId, dataset }
}

const of = (id: string): { runId: number; dataset: Dataset } => {
  const found = runs[id]
  if (!found) throw new Error(`${id} was not trained`)
  return found
}

const ask = (id: string, given: Given, method?: 'gradient' | 'grad-cam', output: number | null = null) =>
  bench.client.predict.ask({
    runId: of(id).runId,
    checkpointId: null,
    given,
    explain: method ? { method, output } : null,
  })

async function files(
  id: string,
  path: string,
  out: string,
  format: 'csv' | 'jsonl',
): Promise<PredictedFiles> {
  const asked = { path, out, format }
  const stream = await bench.client.predict.files({ runId: of(id).runId, checkpointId: null, asked })
  for (;;) {
    const next = await stream.next()
    if (next.done) return next.value
  }
}

const whole = ({ choices }: Answer): number => choices.reduce((sum, { probability }) => sum + probability, 0)

let folder = ''
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tapedeck-predict-'))
  bench = await Bench.open()
  await trained('digits-mlp', 'digits', 3)
  await trained('cnn-any-size', 'shapes', null)
  await trained('cnn-any-size', 'any-size', null, 'own sizes')
  await trained('lstm-text-classifier', 'topics', null)
  await trained('small-gpt', 'story', null)
  await trained('tabular-mlp', 'houses', 2)
}, 120_000)
afterAll(async () => {
  await bench.remove()
  rmSync(folder, { recursive: true, force: true })
})

describe('a sample of the data set', () => {
  it('is answered as the evaluation of the run has counted it', async () => {
    const { runId, dataset } = of('digits-mlp')
    const answers = await Promise.all(
      Array.from({ length: dataset.validationCount }, (_, i) =>
        ask('digits-mlp', { kind: 'sample', row: dataset.trainCount + i }),
      ),
    )
    const right = answers.filter(({ choices, truth }) => choices[0]?.name === truth).length
    const { summaries } = await bench.client.runs.get({ runId })
    expect(right / answers.length).toBeCloseTo(summaries[metrics.valAccuracy]?.last ?? NaN, 6)
    for (const answer of answers) expect(whole(answer)).toBeCloseTo(1, 6)
  })

  it('of numbers is told in their unit', async () => {
    const { runId, dataset } = of('tabular-mlp')
    const answers = await Promise.all(
      Array.from({ length: dataset.validationCount }, (_, i) =>
        ask('tabular-mlp', { kind: 'sample', row: dataset.trainCount + i }),
      ),
    )
    const errors = answers.map(({ numbers, truth }) => Math.abs((numbers[0]?.value ?? NaN) - Number(truth)))
    const { summaries } = await bench.client.runs.get({ runId })
    const mean = errors.reduce((a, b) => a + b, 0) / errors.length
    const measured = summaries[metrics.valError]?.last ?? NaN
    // A truth is written to four digits.
    expect(Math.abs(mean - measured) / measured).toBeLessThan(1e-2)
  })

  it('that is not there is refused', async () => {
    await expect(ask('digits-mlp', { kind: 'sample', row: 1_000_000 })).rejects.toMatchObject({
      data: { code: 'data/unknown-row' },
    })
  })
})

describe('what is given', () => {
  it('an image goes the way of those of training: its file gives what its row gives', async () => {
    const { dataset } = of('cnn-any-size')
    const { items } = await bench.client.data.preview({
      datasetId: dataset.id,
      split: 'validation',
      classIndex: null,
      offset: 0,
      limit: 3,
    })
    for (const { index } of items) {
      const stored = await ask('cnn-any-size', { kind: 'sample', row: index })
      if (stored.seen.kind !== 'image') throw new Error('no image')
      const path = join(dataset.path, stored.seen.notes[0] ?? '')
      const given = await ask('cnn-any-size', {
        kind: 'image',
        base64: readFileSync(path).toString('base64'),
      })
      expect(given.choices).toEqual(stored.choices)
      expect(given.seen).toMatchObject({ image: stored.seen.image })
    }
  })

  it('a text: tokens that training did not see are said', async () => {
    const answer = await ask('lstm-text-classifier', { kind: 'text', text: 'the team won the match xqzv' })
    if (answer.seen.kind !== 'text') throw new Error('no text')
    expect(answer.seen.tokens.map(({ text }) => text)).toContain('xqzv')
    expect(answer.seen.tokens.at(-1)).toEqual({ text: 'xqzv', known: false })
    expect(answer.seen.notes.join()).toMatch(/unknown to the vocabulary/)
    const strange = await ask('lstm-text-classifier', { kind: 'text', text: 'xqzv wvqx' })
    expect(strange.seen).toMatchObject({ notes: [expect.stringMatching(/none of its tokens occurred/)] })
  })

  it('a text of a million characters is cut as in training', async () => {
    const answer = await ask('lstm-text-classifier', { kind: 'text', text: 'match '.repeat(166_000) })
    expect(answer.seen).toMatchObject({ count: 256, notes: [expect.stringMatching(/first 256 tokens/)] })
  })

  it.each<[string, string, Given, string]>([
    ['an empty text', 'lstm-text-classifier', { kind: 'text', text: '   ' }, 'data/no-tokens'],
    ['a text for images', 'digits-mlp', { kind: 'text', text: 'seven' }, 'data/wrong-input'],
    ['no image', 'digits-mlp', { kind: 'image', base64: 'bm8gaW1hZ2U=' }, 'data/image'],
    ['an empty file', 'digits-mlp', { kind: 'image', base64: '' }, 'data/image'],
    ['an image of one pixel', 'own sizes', { kind: 'image', base64: onePixel }, 'model/too-small'],
    ['a decimal comma', 'tabular-mlp', { kind: 'row', cells: { area: '1,5' } }, 'data/cell'],
    ['a number beyond every float', 'tabular-mlp', { kind: 'row', cells: { area: '1e300' } }, 'data/cell'],
    ['a word for a number', 'tabular-mlp', { kind: 'row', cells: { area: 'large' } }, 'data/cell'],
    ['a column of another table', 'tabular-mlp', { kind: 'row', cells: { spin: '1' } }, 'data/column'],
  ])('%s is refused', async (_, id, given, code) => {
    await expect(ask(id, given)).rejects.toMatchObject({ data: { code } })
  })

  it('a row says what is missing and what is new', async () => {
    const { input } = await bench.client.predict.subject({
      runId: of('tabular-mlp').runId,
      checkpointId: null,
    })
    if (input.kind !== 'row') throw new Error('no row')
    const answer = await ask('tabular-mlp', { kind: 'row', cells: {} })
    expect(answer.seen).toMatchObject({ notes: input.cells.map(({ name }) => `${name} is missing`) })
    expect(Number.isFinite(answer.numbers[0]?.value)).toBe(true)
    const far = await ask('tabular-mlp', { kind: 'row', cells: { area: '1e6', district: 'mars' } })
    expect(far.seen.notes).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^area is far from its mean in training, [\d.]+ ± [\d.]+$/),
        'district "mars" did not occur in training',
      ]),
    )
  })

  it('while a run trains is answered too, and changes nothing about the run', async () => {
    const { dataset } = of('digits-mlp')
    const config = { epochs: 3, learningRate: 0.05, seed: 5 }
    const first = await bench.start(dataset, config)
    await bench.ended(first)
    const second = await bench.start(dataset, { ...config, epochs: 1000 })
    for (let i = 0; i < 5; i++) await ask('cnn-any-size', { kind: 'sample', row: i }, 'grad-cam')
    await bench.client.training.change({ runId: second, changes: { epochs: 1000 } })
    await bench.client.training.stop({ runId: second })
    const [a, b] = await Promise.all([first, second].map((runId) => bench.points(runId, metrics.batchLoss)))
    const both = Math.min(a?.length ?? 0, b?.length ?? 0)
    expect(both).toBeGreaterThan(0)
    expect(b?.slice(0, both)).toEqual(a?.slice(0, both))
  })
})

describe('where an answer came from', () => {
  it('a map lies over an image, of the class that is asked for', async () => {
    const given: Given = { kind: 'sample', row: 0 }
    const [first, other] = await Promise.all([
      ask('digits-mlp', given, 'gradient'),
      ask('digits-mlp', given, 'gradient', 3),
    ])
    expect(first.explained).toMatchObject({ name: first.choices[0]?.name, shares: null })
    expect(other.explained?.name).toBe('3')
    expect(other.explained?.map).toMatch(/^data:image\/png;base64,/)
    expect((await ask('digits-mlp', given, 'grad-cam')).explained).toBeNull()
    expect((await ask('cnn-any-size', given, 'grad-cam')).explained?.map).toMatch(/^data:image/)
  })

  it('every token has its share, the largest 1 or -1', async () => {
    const { seen, explained } = await ask(
      'lstm-text-classifier',
      { kind: 'text', text: 'the team won the match' },
      'gradient',
    )
    if (seen.kind !== 'text') throw new Error('no text')
    expect(explained?.shares).toHaveLength(seen.tokens.length)
    expect(Math.max(...(explained?.shares ?? []).map((share) => Math.abs(share ?? 0)))).toBe(1)
  })

  it('so has every column', async () => {
    const { seen, explained } = await ask('tabular-mlp', { kind: 'sample', row: 1 }, 'gradient')
    if (seen.kind !== 'row') throw new Error('no row')
    expect(explained?.shares).toHaveLength(seen.columns.length)
  })
})

describe('a language model', () => {
  const generate = async (more: object, id = 'small-gpt'): Promise<string> => {
    const asked = { prompt: 'Once ', temperature: 0.8, topK: 20, seed: 7, most: 40, stop: null, ...more }
    const stream = await bench.client.predict.generate({
      runId: of(id).runId,
      checkpointId: null,
      asked,
    })
    for (;;) {
      const next = await stream.next()
      if (next.done) return next.value
    }
  }

  it('goes on with a text: the same for a seed, another for another', async () => {
    const [text, again, other] = [await generate({}), await generate({}), await generate({ seed: 8 })]
    expect(text).toHaveLength(40)
    expect(again).toBe(text)
    expect(other).not.toBe(text)
  })

  it('takes the likeliest at temperature 0, which is what it is asked first', async () => {
    const [token] = (await ask('small-gpt', { kind: 'text', text: 'Once ' })).choices
    expect(await generate({ temperature: 0, most: 1 })).toBe(token?.name)
  })

  it('stops where it is told to, and goes on from nothing at all', async () => {
    const text = await generate({})
    const stop = text.slice(10, 12)
    expect(await generate({ stop })).toBe(text.slice(0, text.indexOf(stop)))
    expect(await generate({ prompt: '', most: 5 })).toHaveLength(5)
  })

  it('reads only the end of a prompt that is longer than its context', async () => {
    const { dataset } = of('small-gpt')
    const context = Number(dataset.sampleShape[0])
    const end = 'a tale of two cities and a dog. '.repeat(40).slice(-context)
    expect(await generate({ prompt: `before ${end}` })).toBe(await generate({ prompt: end }))
  })

  it('nothing else goes on with a text', async () => {
    await expect(generate({}, 'digits-mlp')).rejects.toMatchObject({
      data: { code: 'predict/no-generation' },
    })
  })
})

describe('an evaluation', () => {
  const evaluate = async (id: string, more: object = {}): Promise<Evaluation> => {
    const stream = await bench.client.predict.evaluate({ runId: of(id).runId, checkpointId: null, ...more })
    for (;;) {
      const next = await stream.next()
      if (next.done) return next.value
    }
  }

  it('of the validation split is what the run told of itself', async () => {
    const found = await evaluate('digits-mlp')
    if (found.figures.task !== 'classify') throw new Error('no classes')
    const { summaries } = await bench.client.runs.get({ runId: of('digits-mlp').runId })
    expect(found.figures.accuracy).toBeCloseTo(summaries[metrics.valAccuracy]?.last ?? NaN, 6)
    expect(found.figures.logLoss).toBeCloseTo(summaries[metrics.valLoss]?.last ?? NaN, 4)
    expect(found.figures.macroF1).toBeCloseTo(summaries[metrics.valMacroF1]?.last ?? NaN, 6)
    const train = await evaluate('digits-mlp', { split: 'train' })
    expect(train.figures).toMatchObject({ samples: of('digits-mlp').dataset.trainCount })
  })

  it('opens a cell, the worst first, and says what each sample is', async () => {
    const { id, figures } = await evaluate('digits-mlp', { split: 'train' })
    if (figures.task !== 'classify') throw new Error('no classes')
    const at = figures.confusion.findIndex((count, cell) => count > 0 && cell % 11 !== 0)
    const cell = { target: Math.floor(at / 10), predicted: at % 10 }
    const { total, rows } = await bench.client.predict.evaluated({ id, cell })
    expect(total).toBe(figures.confusion[at])
    for (const { row, truth, answer } of rows) {
      expect([truth, answer]).toEqual([String(cell.target), String(cell.predicted)])
      const asked = await ask('digits-mlp', { kind: 'sample', row })
      expect([asked.truth, asked.choices[0]?.name]).toEqual([truth, answer])
    }
    const worst = await bench.client.predict.evaluated({ id, limit: 200 })
    const probabilities = worst.rows.map(({ ofTruth }) => ofTruth ?? 0)
    expect([...probabilities].sort((a, b) => a - b)).toEqual(probabilities)
    const { roc } = await bench.client.predict.curves({ id, classIndex: 3 })
    expect(roc.at(-1)).toMatchObject({ x: 1, y: 1 })
  })

  it('of numbers and of a language model', async () => {
    const numbers = await evaluate('tabular-mlp')
    const { summaries } = await bench.client.runs.get({ runId: of('tabular-mlp').runId })
    if (numbers.figures.task !== 'regress') throw new Error('no numbers')
    const mae = summaries[metrics.valError]?.last ?? NaN
    expect((numbers.figures.targets[0]?.mae ?? NaN) / mae).toBeCloseTo(1, 4)
    const story = await evaluate('small-gpt')
    if (story.figures.task !== 'next-token') throw new Error('no tokens')
    expect(story.figures.perplexity).toBeCloseTo(Math.exp(story.figures.loss), 6)
  })

  it('of everything is that of all parts', async () => {
    const { dataset } = of('digits-mlp')
    const found = await evaluate('digits-mlp', { split: 'all' })
    expect(found.figures).toMatchObject({ samples: dataset.trainCount + dataset.validationCount })
  })

  it('of a kind that the network does not read is refused, and of an empty part', async () => {
    const table = { datasetId: of('tabular-mlp').dataset.id }
    await expect(evaluate('digits-mlp', table)).rejects.toMatchObject({ data: { code: 'data/other-kind' } })
    await expect(evaluate('digits-mlp', { split: 'test' })).rejects.toMatchObject({
      data: { code: 'evaluate/empty-split' },
    })
    await expect(bench.client.predict.evaluated({ id: 999 })).rejects.toMatchObject({
      data: { code: 'evaluate/unknown' },
    })
  })
})

describe('an evaluation on other data', () => {
  const evaluate = async (id: string, path: string, part: 'all' | 'validation' = 'all') => {
    const query = { runId: of(id).runId, checkpointId: null, path, split: part }
    return resultOf(await bench.client.predict.evaluate(query), () => undefined)
  }
  const leftovers = (): string[] =>
    readdirSync(join(bench.folder, 'datasets')).filter((name) => name.startsWith('.unfinished-'))

  it('the files of the training give what the data set gives', async () => {
    for (const id of ['cnn-any-size', 'lstm-text-classifier', 'tabular-mlp', 'small-gpt', 'digits-mlp']) {
      const { dataset } = of(id)
      const files = await evaluate(id, dataset.path, 'validation')
      const own = await resultOf(
        await bench.client.predict.evaluate({ runId: of(id).runId, checkpointId: null }),
        () => undefined,
      )
      // Rows are of the part alone.
      const figuresOf = ({ figures }: Evaluation): unknown =>
        figures.task === 'regress'
          ? { ...figures, residuals: figures.residuals.map(({ row: _, ...one }) => one) }
          : figures
      expect(figuresOf(files), id).toEqual(figuresOf(own))
    }
  })

  it('images: classes by name, those of others left out and said; a sample is asked about', async () => {
    const { dataset } = of('cnn-any-size')
    const images = mkdtempSync(join(folder, 'other-'))
    const [first, second] = dataset.classes.map(({ name }) => name)
    const copy = (from: string, to: string): void => {
      mkdirSync(join(images, to))
      for (const name of readdirSync(join(dataset.path, from)).slice(0, 4))
        writeFileSync(join(images, to, name), readFileSync(join(dataset.path, from, name)))
    }
    copy(second ?? '', second ?? '')
    copy(first ?? '', 'unheard of')
    writeFileSync(join(images, second ?? '', 'broken.png'), 'no image')
    const { id, figures, notes } = await evaluate('cnn-any-size', images)
    if (figures.task !== 'classify') throw new Error('no classes')
    expect(figures.samples).toBe(4)
    expect(figures.classes.map(({ support }: { support: number }) => support)).toEqual(
      dataset.classes.map(({ name }) => (name === second ? 4 : 0)),
    )
    expect(notes.join('\n')).toMatch(/4 samples of 1 class that the network does not know \(unheard of\)/)
    expect(notes.join('\n')).toMatch(/1 sample cannot be used, .*broken\.png/)
    const { rows } = await bench.client.predict.evaluated({ id })
    expect(rows.every(({ item }) => item.image?.startsWith('data:image/png'))).toBe(true)
    const [worst] = rows
    const asked = await ask('cnn-any-size', { kind: 'sample', row: worst?.row ?? -1, evaluationId: id })
    expect([asked.truth, asked.choices[0]?.name]).toEqual([worst?.truth, worst?.answer])
    rmSync(join(images, second ?? ''), { recursive: true })
    await expect(evaluate('cnn-any-size', images)).rejects.toMatchObject({
      data: { code: 'data/other-classes' },
    })
  })

  it('images that are too small for the network are left out, and take no others with them', async () => {
    const { dataset } = of('own sizes')
    const [name = ''] = dataset.classes.map(({ name }) => name)
    const images = mkdtempSync(join(folder, 'too-small-'))
    mkdirSync(join(images, name))
    const tiny = ['a tiny.png', 'z tiny.png']
    for (const file of tiny) writeFileSync(join(images, name, file), Buffer.from(onePixel, 'base64'))
    await expect(evaluate('own sizes', images)).rejects.toMatchObject({
      data: {
        code: 'evaluate/all-left-out',
        what: expect.stringMatching(/any of 2 samples: .*a tiny\.png, .*1 x 1 pixels/) as string,
      },
    })
    const large = readdirSync(join(dataset.path, name)).slice(0, 3)
    for (const file of large)
      writeFileSync(join(images, name, file), readFileSync(join(dataset.path, name, file)))
    const { id, figures, notes } = await evaluate('own sizes', images)
    expect(notes[0]).toMatch(/cannot answer 2 of 5 samples, .*a tiny\.png, .*z tiny\.png\. .*1 x 1 pixels/)
    for (const file of tiny) rmSync(join(images, name, file))
    const alone = await evaluate('own sizes', images)
    expect(alone.figures).toEqual(figures)
    expect(alone.notes.join()).not.toMatch(/cannot answer/)
    const { total, rows } = await bench.client.predict.evaluated({ id, order: 'row' })
    expect(total).toBe(3)
    for (const { row, answer, ofTruth } of rows) {
      const asked = await ask('own sizes', { kind: 'sample', row, evaluationId: id })
      const truth = asked.choices.find(({ name }) => name === asked.truth)
      expect(asked.choices[0]?.name).toBe(answer)
      expect(truth?.probability).toBeCloseTo(ofTruth ?? NaN, 5)
    }
  })

  it('texts: by the vocabulary of the training, whose unknown tokens are counted', async () => {
    const path = join(folder, 'other.tsv')
    const [name = ''] = of('lstm-text-classifier').dataset.classes.map(({ name }) => name)
    writeFileSync(path, `label\ttext\n${name}\txqzv wvqx\n${name}\txqzv the\n`)
    const { id, figures, notes } = await evaluate('lstm-text-classifier', path)
    expect(figures).toMatchObject({ samples: 2 })
    expect(notes.join('\n')).toMatch(/75.* % of the tokens are unknown/)
    const { rows } = await bench.client.predict.evaluated({ id, order: 'row' })
    const asked = await ask('lstm-text-classifier', { kind: 'text', text: 'xqzv wvqx' })
    expect(rows[0]?.answer).toBe(asked.choices[0]?.name)
  })

  it('a table: columns by name in any order, with their scales and codes', async () => {
    const { dataset } = of('tabular-mlp')
    const [head = '', ...lines] = readFileSync(dataset.path, 'utf8').trimEnd().split('\n')
    const columns = head.split(',')
    const turned = lines.slice(0, 20).map((line) => ['x', ...line.split(',').reverse()].join(','))
    const path = join(folder, 'turned.csv')
    writeFileSync(path, [['more', ...columns.toReversed()].join(','), ...turned].join('\n'))
    const first = join(folder, 'first.csv')
    writeFileSync(first, [head, ...lines.slice(0, 20)].join('\n'))
    const [one, other] = [await evaluate('tabular-mlp', path), await evaluate('tabular-mlp', first)]
    expect(one.figures).toEqual(other.figures)
    const { input } = await bench.client.predict.subject({ runId: of('tabular-mlp').runId })
    if (input.kind !== 'row') throw new Error('no row')
    const category = input.cells.find(({ kind }) => kind === 'category')?.name ?? ''
    const at = columns.indexOf(category)
    const strange = lines.slice(0, 20).map((line) => line.split(',').with(at, 'unheard of').join(','))
    writeFileSync(first, [head, ...strange].join('\n'))
    expect((await evaluate('tabular-mlp', first)).notes.join()).toMatch(
      new RegExp(`"${category}": 20 rows have categories that training did not meet.*"unheard of"`),
    )
    writeFileSync(first, [head.replace(category, 'renamed'), ...lines.slice(0, 20)].join('\n'))
    await expect(evaluate('tabular-mlp', first)).rejects.toMatchObject({
      data: { code: 'data/table-features', what: expect.stringContaining(`"${category}"`) as string },
    })
  })

  it('a text shorter than a block, and a file that is no text, are refused', async () => {
    const path = join(folder, 'short.txt')
    writeFileSync(path, 'Once')
    await expect(evaluate('small-gpt', path)).rejects.toMatchObject({
      data: { code: 'data/text-too-short' },
    })
    await expect(evaluate('digits-mlp', path)).rejects.toMatchObject({ data: { code: 'data/no-images' } })
    await expect(evaluate('small-gpt', join(folder, 'nothing'))).rejects.toMatchObject({
      data: { code: 'data/missing' },
    })
  })

  it('keeps what was read only as long as it can be looked into', async () => {
    const { path } = of('tabular-mlp').dataset
    for (let time = 0; time < 5; time++) await evaluate('tabular-mlp', path, 'validation')
    expect(leftovers()).toHaveLength(4)
    expect((await bench.client.data.list()).length).toBe(Object.keys(runs).length)
  })
})

describe('many samples', () => {
  it('an image that is too small for the network is told, and takes no other with it', async () => {
    const { dataset } = of('own sizes')
    const images = mkdtempSync(join(folder, 'sizes-'))
    const [large = ''] = readdirSync(dataset.path, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.png'),
    )
    writeFileSync(join(images, 'large.png'), readFileSync(join(dataset.path, large)))
    for (const name of ['tiny.png', 'tiny too.png'])
      writeFileSync(join(images, name), Buffer.from(onePixel, 'base64'))
    const out = join(folder, 'sizes.csv')
    const result = await files('own sizes', images, out, 'csv')
    expect(result).toMatchObject({ predicted: 1, problemCount: 2 })
    expect(result.problems.map(({ item }) => item).toSorted()).toEqual(['tiny too.png', 'tiny.png'])
    for (const { reason } of result.problems) expect(reason).toMatch(/1 x 1 pixels/)
  })

  it('of a folder of images: a line each, those that cannot be read with the reason', async () => {
    const { dataset } = of('cnn-any-size')
    const [inside = ''] = readdirSync(dataset.path).filter((name) => !name.startsWith('.'))
    const images = mkdtempSync(join(folder, 'images-'))
    const found = readdirSync(join(dataset.path, inside), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.png'))
      .slice(0, 5)
    found.forEach((entry, i) =>
      writeFileSync(join(images, `${i}.png`), readFileSync(join(entry.parentPath, entry.name))),
    )
    writeFileSync(join(images, 'broken.png'), 'no image')
    const out = join(folder, 'images.csv')
    const result = await files('cnn-any-size', images, out, 'csv')
    expect(result).toMatchObject({ predicted: found.length, problemCount: 1 })
    const [head = '', ...lines] = readFileSync(out, 'utf8').trimEnd().split('\n')
    expect(head).toMatch(/^item,prediction,probability,p\(/)
    expect(lines).toHaveLength(found.length + 1)
    const one = await ask('cnn-any-size', {
      kind: 'image',
      base64: readFileSync(join(images, '0.png')).toString('base64'),
    })
    expect(lines[0]?.split(',').slice(0, 2)).toEqual(['0.png', one.choices[0]?.name])
    expect(Number(lines[0]?.split(',')[2])).toBeCloseTo(one.choices[0]?.probability ?? NaN, 5)
    await expect(files('cnn-any-size', images, out, 'csv')).rejects.toMatchObject({
      data: { code: 'predict/exists' },
    })
  })

  it('of a table: texts by their column, rows by their columns', async () => {
    const texts = join(folder, 'texts.csv')
    writeFileSync(texts, 'text\n"the team, it won"\n\nthe bank raised rates\n')
    const lines = join(folder, 'texts.jsonl')
    await files('lstm-text-classifier', texts, lines, 'jsonl')
    const read = readFileSync(lines, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object)
    const one = await ask('lstm-text-classifier', { kind: 'text', text: 'the team, it won' })
    expect(read[0]).toMatchObject({ prediction: one.choices[0]?.name })
    const { dataset } = of('tabular-mlp')
    const out = join(folder, 'rows.csv')
    const result = await files('tabular-mlp', dataset.path, out, 'csv')
    expect(result.predicted).toBe(dataset.trainCount + dataset.validationCount)
    await expect(files('tabular-mlp', texts, `${out}.2`, 'csv')).rejects.toMatchObject({
      data: { code: 'data/unknown-column' },
    })
    expect(readdirSync(folder).filter((name) => name.endsWith('.unfinished'))).toEqual([])
  })
})

it('says what it reads and how', async () => {
  const subject = await bench.client.predict.subject({ runId: of('digits-mlp').runId, checkpointId: null })
  expect(subject).toMatchObject({ task: 'classify', input: { kind: 'image' }, names: [...'0123456789'] })
  expect(subject.preparation.join()).toMatch(/grey/)
  await expect(bench.client.predict.subject({ runId: 999, checkpointId: null })).rejects.toMatchObject({
    data: { code: 'runs/unknown' },
  })
})
