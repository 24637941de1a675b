/** What trained weights are given by mistake, through the services of the page and by commands: a sentence, and nothing harmed. */
import { copyFileSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { evaluateCommand } from './cli/evaluate.ts'
import { predictCommand } from './cli/predict.ts'
import { runsCommand } from './cli/runs.ts'
import type { Answer, Given } from './common/predict/subject.ts'
import { resultOf } from './common/resultOf.ts'
import { fitToData } from './common/templates.ts'
import { dataShape } from './common/trainable.ts'
import { defaultTrainConfig } from './common/training.ts'
import { Bench, template } from './workbenchFixture.ts'

interface Trained {
  runId: number
  datasetId: string
  /** Of its data set. */
  path: string
  /** Of the newest checkpoint. */
  weights: string
}
let images: Trained
let texts: Trained
let ownSizes: Trained

let bench: Bench
let folder = ''
const at = (name: string): string => join(folder, name)

async function trained(id: string, sample: string): Promise<Trained> {
  const dataset = await bench.importSample(sample)
  const runId = await bench.start(dataset, { epochs: 1000 }, fitToData(template(id), dataShape(dataset)))
  await bench.until((live) => live.runId === runId && live.step > 2)
  await bench.client.training.stop({ runId })
  const { checkpoints } = await bench.client.runs.get({ runId })
  return { runId, datasetId: dataset.id, path: dataset.path, weights: checkpoints.at(-1)?.path ?? '' }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tapedeck-bad-input-'))
  bench = await Bench.open()
  images = await trained('digits-mlp', 'digits')
  texts = await trained('lstm-text-classifier', 'topics')
  ownSizes = await trained('cnn-any-size', 'any-size')
  const wide = { width: 37, height: 11, channels: 4, background: '#ff000080' } as const
  await sharp({ create: wide }).png().toFile(at('wide.png'))
  await sharp(at('wide.png')).resize(1, 1, { fit: 'fill' }).toFile(at('tiny.png'))
  writeFileSync(at('notes.png'), 'no image at all')
  // As a model file begins: its version, and who wrote it; zeros are in the weights of every one.
  writeFileSync(at('model.onnx'), Buffer.from('\x08\x09\x12\x07pytorch\x1a\x052.0.0\0\0', 'latin1'))
}, 60_000)
afterAll(() => {
  rmSync(bench.folder, { recursive: true, force: true })
  rmSync(folder, { recursive: true, force: true })
})

const ask = ({ runId }: Trained, given: Given): Promise<Answer> =>
  bench.client.predict.ask({ runId, checkpointId: null, given, explain: null })
const image = (name: string): Given => ({ kind: 'image', base64: readFileSync(at(name)).toString('base64') })
const text = (words: string): Given => ({ kind: 'text', text: words })

/** What a command prints as JSON. */
async function command(run: (args: string[]) => Promise<number>, args: string[]): Promise<unknown> {
  let printed = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((part) => Boolean((printed += String(part))))
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  try {
    expect(await run([...args, '--workspace', bench.folder, '--json'])).toBe(0)
  } finally {
    vi.restoreAllMocks()
  }
  return JSON.parse(printed.trim().split('\n').at(-1) ?? '')
}
const predict = ({ runId }: Trained, ...args: string[]) =>
  command((typed) => predictCommand.run(typed), [String(runId), ...args])

interface Words {
  code: string
  what: RegExp
  mend: RegExp
}
const refusal = ({ code, what, mend }: Words): object => ({
  code,
  what: expect.stringMatching(what) as string,
  mend: expect.stringMatching(mend) as string,
})

interface Case {
  subject: () => Trained
  given: () => Given
  args: () => string[]
}
const picture = (name: string) => ({ given: () => image(name), args: () => [at(name)] })
const typed = (words: string) => ({ given: () => text(words), args: () => ['--text', words] })
const ofImages = { subject: () => images }
const ofTexts = { subject: () => texts }
const noImage = { code: 'data/image', what: /^The image cannot be read: .+\.$/, mend: /^Choose a PNG, JPEG/ }

const unanswerable: [string, Case & Words][] = [
  ['a text file called .png', { ...ofImages, ...picture('notes.png'), ...noImage }],
  ['an ONNX file', { ...ofImages, ...picture('model.onnx'), ...noImage }],
  [
    'a text for images',
    { ...ofImages, ...typed('seven'), code: 'data/wrong-input', what: /text/, mend: /image/ },
  ],
  [
    'an image for texts',
    { ...ofTexts, ...picture('wide.png'), code: 'data/wrong-input', what: /image/, mend: /text/ },
  ],
  ['an empty text', { ...ofTexts, ...typed(''), code: 'data/no-tokens', what: /token/, mend: /./ }],
]
const answerable: [string, Case & { note: RegExp }][] = [
  [
    'an image of another size and of colours',
    { ...ofImages, ...picture('wide.png'), note: /was 37 x 11(.|\n)*grey/ },
  ],
  ['unknown tokens only', { ...ofTexts, ...typed('xqzv wvqx'), note: /none of its tokens occurred/ }],
]
const longHeader = {
  code: 'safetensors/damaged',
  what: /is not a whole safetensors file: its header claims \d+ bytes of \d+/,
  mend: /^Choose another file/,
}
const otherModel = {
  code: 'checkpoint/other-model',
  what: /^The checkpoint has .+, the model has [\d x]+\.$/,
  mend: /checkpoint of this run/,
}
/** Of the same length as before: when a workspace is opened, checkpoints of another length are not listed. */
const tampered: [string, Words & { change: (file: Buffer) => void }][] = [
  [
    'of a layer of another name',
    { ...otherModel, change: (file) => void file.write('.veight"', file.indexOf('.weight"')) },
  ],
  [
    'of a header longer than the file',
    { ...longHeader, change: (file) => void file.writeBigUInt64LE(1n << 40n) },
  ],
]
const noRuns = {
  code: 'exchange/unknown',
  what: /model\.onnx is no archive, no event file and no text\.$/,
  mend: /^Choose a \.tapedeck archive/,
}

function expectAnswer({ choices, seen }: Answer, note: RegExp): void {
  expect(choices.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 6)
  expect(seen.notes.join('\n')).toMatch(note)
}

describe('through the services', () => {
  it.each(unanswerable)('%s is refused', async (_, { subject, given, ...words }) => {
    await expect(ask(subject(), given())).rejects.toMatchObject({ data: refusal(words) })
  })

  it.each(answerable)('%s: it is said what was made of it', async (_, { subject, given, note }) => {
    expectAnswer(await ask(subject(), given()), note)
  })

  it('an ONNX file is no runs', async () => {
    const before = await bench.client.runs.list()
    const stream = await bench.client.exchange.import({ path: at('model.onnx') })
    await expect(resultOf(stream, () => undefined)).rejects.toMatchObject({ data: refusal(noRuns) })
    expect(await bench.client.runs.list()).toEqual(before)
  })

  it('an ONNX file is no weights to begin with', async () => {
    const { runId } = await bench.client.training.start({
      document: template('digits-mlp'),
      datasetId: images.datasetId,
      config: defaultTrainConfig,
      name: null,
      weights: at('model.onnx'),
    })
    const { status, error } = await bench.ended(runId)
    expect({ status, error }).toMatchObject({ status: 'failed', error: refusal(longHeader) })
  })

  describe('weights that were changed on the disk', () => {
    const query = () => ({ runId: images.runId, checkpointId: null })
    const evaluate = async () =>
      resultOf(await bench.client.predict.evaluate({ ...query(), split: 'validation' }), () => undefined)
    const files = async () => {
      const asked = { path: at('wide.png'), out: at('answers.csv'), format: 'csv' as const }
      return resultOf(await bench.client.predict.files({ ...query(), asked }), () => undefined)
    }
    let before: Answer
    beforeEach(async () => {
      before = await ask(images, image('wide.png'))
      copyFileSync(images.weights, at('kept'))
    })
    /** What was there answers again. */
    afterEach(async () => {
      copyFileSync(at('kept'), images.weights)
      expect((await ask(images, image('wide.png'))).choices).toEqual(before.choices)
    })
    async function expectRefusals(words: Words): Promise<void> {
      const data = refusal(words)
      await expect(ask(images, image('wide.png'))).rejects.toMatchObject({ data })
      await expect(evaluate()).rejects.toMatchObject({ data })
      await expect(files()).rejects.toMatchObject({ data })
      expect(existsSync(at('answers.csv'))).toBe(false)
    }

    it('those of another model', async () => {
      copyFileSync(texts.weights, images.weights)
      await expectRefusals(otherModel)
    })

    it('an ONNX file in their place', async () => {
      copyFileSync(at('model.onnx'), images.weights)
      await expectRefusals({ ...longHeader, what: /is not a whole safetensors file/ })
    })

    it.each(tampered)('those %s', async (_, { change, ...words }) => {
      const file = readFileSync(images.weights)
      change(file)
      writeFileSync(images.weights, file)
      await expectRefusals(words)
    })
  })
})

describe('by commands', () => {
  beforeAll(() => bench.close())

  it.each(unanswerable)('%s is refused', async (_, { subject, args, ...words }) => {
    await expect(predict(subject(), ...args())).rejects.toMatchObject({ data: refusal(words) })
  })

  it.each(answerable)('%s: it is said what was made of it', async (_, { subject, args, note }) => {
    expectAnswer((await predict(subject(), ...args())) as Answer, note)
  })

  it('an evaluation leaves out images that are too small, and is refused where all are', async () => {
    const evaluate = (): Promise<unknown> =>
      command((args) => evaluateCommand.run(args), [String(ownSizes.runId), '--data', at('dots')])
    cpSync(at('tiny.png'), at('dots/dots/tiny.png'))
    cpSync(join(ownSizes.path, 'dots/000.png'), at('dots/dots/000.png'))
    expect(await evaluate()).toMatchObject({
      figures: { samples: 1 },
      notes: expect.arrayContaining([
        expect.stringMatching(/cannot answer 1 of 2 samples, left out of .*tiny\.png\. .*1 x 1 pixels/),
      ]) as string[],
    })
    rmSync(at('dots/dots/000.png'))
    await expect(evaluate()).rejects.toMatchObject({
      data: refusal({ code: 'evaluate/all-left-out', what: /the only sample: .*tiny\.png/, mend: /larger/ }),
    })
  })

  it('an ONNX file is no runs', async () => {
    const imported = command((args) => runsCommand.run(args), ['import', at('model.onnx')])
    await expect(imported).rejects.toMatchObject({ data: refusal(noRuns) })
  })

  it.each(tampered)('weights %s are refused, and stay as they are', async (_, { change, ...words }) => {
    const kept = readFileSync(images.weights)
    const file = Buffer.from(kept)
    change(file)
    writeFileSync(images.weights, file)
    const data = refusal(words)
    await expect(predict(images, at('wide.png'))).rejects.toMatchObject({ data })
    const evaluated = command((args) => evaluateCommand.run(args), [String(images.runId)])
    await expect(evaluated).rejects.toMatchObject({ data })
    expect(readFileSync(images.weights)).toEqual(file)
    writeFileSync(images.weights, kept)
  })
})
