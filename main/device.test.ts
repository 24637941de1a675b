/**
 * Training on a device, through the whole workbench: the emulated GPU runs the GPU's kernels on the processor, in memory
 * that nothing else can read. `TAPE_CUDA_LIBRARY` set, every other test of training runs on it too.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Dataset } from './common/data/dataset.ts'
import { metrics, type RunDetail } from './common/schemas.ts'
import { fitToData } from './common/templates.ts'
import { dataShape } from './common/trainable.ts'
import {
  augmentationSchema,
  overfitConfig,
  defaultTrainConfig,
  type DeviceChoice,
  type TrainConfig,
} from './common/training.ts'
import { projectRoot } from './paths.ts'
import { Bench, template } from './workbenchFixture.ts'

const library = join(projectRoot(), 'native', 'build', 'libtape_emulated.so')
const name = 'Emulated GPU (tests)'

// Built with the engine's own tests, which CI does.
describe.skipIf(!existsSync(library))('on a GPU', () => {
  let bench: Bench
  let digits: Dataset

  beforeAll(async () => {
    process.env['TAPE_CUDA_LIBRARY'] = library
    process.env['TAPE_EMULATED_MIB'] = '48'
    bench = await Bench.open()
    digits = await bench.importSample('digits')
  })
  afterAll(() => bench.remove())

  const get = (runId: number): Promise<RunDetail> => bench.client.runs.get({ runId })
  async function trained(
    config: Partial<TrainConfig>,
    dataset = digits,
    document = hidden(32),
  ): Promise<RunDetail> {
    const runId = await bench.start(dataset, { epochs: 1, batchSize: 96, ...config }, document)
    await bench.ended(runId)
    return get(runId)
  }
  const curve = (runId: number, metric: string = metrics.batchLoss) => bench.points(runId, metric)
  const near = (got: [number, number][], expected: [number, number][], tolerance = 1e-5): void => {
    expect(got.length).toBeGreaterThan(0)
    expect(got.map(([step]) => step)).toEqual(expected.map(([step]) => step))
    const most = Math.max(...expected.map(([, value]) => value))
    got.forEach(([, value], i) =>
      expect(Math.abs(value - (expected[i]?.[1] ?? NaN))).toBeLessThan(tolerance * most),
    )
  }

  it('it is found, and said to be what a run was trained on', async () => {
    const findings = await bench.client.app.doctor()
    const found = findings.find((one) => one.name === 'CUDA')
    expect(found?.status).toBe('ok')
    expect(found?.value).toContain(`${name}, 0.0 GiB, compute capability 0.1, driver for CUDA 13.0`)
    const { engine } = await trained({ device: 'cuda' })
    expect(engine?.cuda.device?.name).toBe(name)
  })

  it.each<[string, Partial<TrainConfig>]>([
    ['SGD', {}],
    ['AdamW, clipping, averages', { optimizer: 'adamw', learningRate: 0.002, clipNorm: 1, ema: 0.9 }],
    ['several batches a step, classes weighed', { accumulate: 3, balance: 'weights' }],
    ['bfloat16', { precision: 'bfloat16' }],
  ])('a run has the losses it has on the processor: %s', async (what, config) => {
    const there = await trained({ ...config, device: 'cuda' })
    const here = await trained({ ...config, device: 'cpu' })
    // Products of 16 bits are rounded at other places.
    const tolerance = what === 'bfloat16' ? 2e-2 : 1e-5
    for (const metric of [metrics.batchLoss, metrics.valLoss, metrics.trainMacroF1, metrics.valMacroF1])
      near(await curve(there.id, metric), await curve(here.id, metric), tolerance)
    const norms = await curve(here.id, metrics.gradientNorm)
    const shared = (await curve(there.id, metrics.gradientNorm)).filter(([step]) =>
      norms.some(([other]) => other === step),
    )
    near(shared, norms, tolerance)
    expect(there.steps).toBe(here.steps)
    const recorded = await curve(there.id, metrics.timeRecorded)
    expect(recorded.some(([, ms]) => ms > 0)).toBe(!config.accumulate)
  })

  it('sequences with lengths do too', async () => {
    const dataset = await bench.importSample('topics')
    const document = fitToData(template('gru-text-classifier'), dataShape(dataset))
    const few = async (device: DeviceChoice) => {
      const runId = await bench.start(dataset, { epochs: 1, batchSize: 8, device }, document)
      await bench.until((live) => live.runId === runId && (live.step > 2 || live.status === 'finished'))
      await bench.client.training.stop({ runId }).catch(() => undefined)
      return (await curve(runId)).slice(0, 3)
    }
    near(await few('cuda'), await few('cpu'))
  })

  it('a run that was stopped goes on to the last bit, and on the processor too', async () => {
    const config = {
      device: 'cuda',
      batchSize: 96,
      epochs: 2,
      optimizer: 'adam',
      learningRate: 0.002,
    } as const
    const whole = await trained(config)
    const runId = await bench.start(digits, config, hidden(32))
    await bench.until((live) => live.runId === runId && live.step > 5)
    await bench.client.training.stop({ runId })
    await bench.client.training.resumeRun({ runId })
    await bench.ended(runId)
    expect(await curve(runId)).toEqual(await curve(whole.id))
    expect((await get(runId)).weightsSha256).toBe(whole.weightsSha256)

    const checkpoint = whole.checkpoints.at(-1)
    const fork = async (device: DeviceChoice): Promise<number> => {
      const forked = await bench.client.training.fork({
        runId: whole.id,
        checkpointId: checkpoint?.id ?? null,
        changes: { device, epochs: 3 },
      })
      await bench.ended(forked.runId)
      return forked.runId
    }
    near(await curve(await fork('cpu')), await curve(await fork('cuda')))
  })

  it('one batch is learnt by heart, and every layer is looked at', async () => {
    const config = overfitConfig({ ...defaultTrainConfig, probeEvery: 10, device: 'cuda' })
    const run = await trained(config)
    expect(run.events.find(({ kind }) => kind === 'stopped')?.note).toMatch(/^one batch learnt by heart/)
    const { id } = await bench.client.tape.record({ runId: run.id })
    const tape = await bench.client.tape.get({ id })
    expect(tape.gpu).toBe(name)
    expect(tape.memory.holders.find(({ kind }) => kind === 'weights')?.bytes).toBeGreaterThanOrEqual(
      4 * run.parameters,
    )
  })

  it('one batch is looked at there', async () => {
    const look = (device: DeviceChoice, features = 32, batchSize = 16) =>
      bench.client.models.oneBatch({
        document: hidden(features),
        datasetId: digits.id,
        batchSize,
        seed: 3,
        device,
      })
    const [there, here] = [await look('cuda'), await look('cpu')]
    expect(there.loss).toBeCloseTo(here.loss, 5)
    expect(there.nodes.map(({ node }) => node)).toEqual(here.nodes.map(({ node }) => node))
    await expect(look('cuda', 2048, 60_000)).rejects.toMatchObject({ data: { code: 'training/memory' } })
  })

  it.each([
    ['', null],
    [', with images that are made ahead', augmentationSchema.parse({ shift: 0.1, rotate: 10 })],
  ])('what would write NaN halts before it%s', async (_, augmentation) => {
    const run = await trained({ device: 'cuda', learningRate: 1e6, epochs: 20, augmentation })
    expect(run.error?.code).toBe('training/not-finite')
    expect(run.notFinite?.step).toBe(run.steps + 1)
    expect(run.notFinite?.producer).not.toBeNull()
    expect(run.summaries[metrics.batchLoss]?.count).toBe(run.steps)
  })

  it('a batch that is too large says what was asked for and what holds the rest; a smaller one trains', async () => {
    const run = await trained({ device: 'cuda', batchSize: 60_000 }, digits, hidden(2048))
    expect(run.error).toMatchObject({ code: 'training/memory' })
    expect(run.error?.what).toMatch(
      /\w+ asked for [\d.]+ MiB on cuda with .* in use, .* cached and .* of 48 MiB free; most is held by/,
    )
    const again = await bench.client.training.fork({
      runId: run.id,
      checkpointId: null,
      changes: { batchSize: 32 },
    })
    await bench.ended(again.runId)
    expect((await get(again.runId)).error).toBeNull()
  })

  it('telemetry tells the memory of the GPU and how busy it is', async () => {
    const runId = await bench.start(digits, { device: 'cuda', epochs: 1000 })
    const { memory } = await bench.until(
      (live) => live.runId === runId && live.step > 20 && (live.memory.gpu?.busy ?? 0) > 0,
    )
    await bench.client.training.stop({ runId })
    expect(memory.gpu).toMatchObject({ name, total: 48 * 2 ** 20 })
    expect(memory.gpu?.free).toBeLessThan(48 * 2 ** 20)
    expect(memory.active).toBeGreaterThan(0)
  })
})

/** A small classifier; with a hidden layer of 2048 the activations of a whole epoch are more than the GPU holds. */
function hidden(outFeatures: number): ReturnType<typeof template> {
  const document = structuredClone(template('digits-mlp'))
  const layer = document.nodes.find(({ kind }) => kind === 'linear')
  if (layer) layer.parameters['outFeatures'] = outFeatures
  return document
}
