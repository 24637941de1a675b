/** Steps that a device is given ahead of those that are read, against the same steps waited for; on the emulated GPU. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { deferred } from '../../common/deferred.ts'
import type { Dataset } from '../../common/data/dataset.ts'
import type { ModelDocument } from '../../common/document.ts'
import { templates } from '../../common/templates.ts'
import { defaultTrainConfig, type TrainConfig } from '../../common/training.ts'
import { liveTensors, noGrad, rngState, scope, type Tensor } from '../../engine/index.ts'
import { projectRoot } from '../../paths.ts'
import { importSample, jobOn } from '../sampleFixture.ts'
import { startingCursor, startingPosition } from './cursor.ts'
import { LateSteps } from './lateSteps.ts'
import { Reporter } from './reporter.ts'
import { Halted, trainStep } from './step.ts'
import { Trainee } from './trainee.ts'
import { explain } from './whyHalted.ts'

const library = join(projectRoot(), 'native', 'build', 'libtape_emulated.so')

interface Trained {
  trainee: Trainee
  reporter: Reporter
  late: LateSteps
  /** Makes the next step. */
  step: () => void
  /** The step that the run stood after, and its loss. */
  heard: [number, number][]
}

// Built with the engine's own tests, which CI does.
describe.skipIf(!existsSync(library))('steps that are read late', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tapedeck-late-'))
  let dataset: Dataset

  beforeAll(async () => {
    process.env['TAPE_CUDA_LIBRARY'] = library
    dataset = await importSample('digits', folder)
  })
  afterEach(() => vi.useRealTimers())
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  async function running<T>(
    how: 'late' | 'waited for',
    changes: Partial<TrainConfig>,
    body: (run: Trained) => T | Promise<T>,
  ): Promise<T> {
    const config = {
      ...defaultTrainConfig,
      device: 'cuda' as const,
      probeEvery: 0,
      optimizer: 'adamw' as const,
      learningRate: 0.002,
      schedule: { ...defaultTrainConfig.schedule, kind: 'cosine' as const },
      ...changes,
    }
    const trainee = new Trainee(jobOn(dataset, folder, network(), config))
    const reporter = new Reporter(
      0,
      { ...startingPosition(config), totalSteps: 20 },
      trainee,
      () => undefined,
    )
    const heard: [number, number][] = []
    const hear = ({ loss, count }: { loss: number; count: number }) =>
      void heard.push([reporter.position.step, loss / count])
    const late = new LateSteps(trainee, reporter, hear)
    const order = trainee.epoch(config, 1)
    const group = (step: number) => [{ rows: order[step]!, images: null, mix: null }]
    const step = (): void => {
      if (how === 'late') late.step(group(reporter.position.step + late.count))
      else hear(trainStep(trainee, group(reporter.position.step), reporter))
    }
    try {
      return await body({ trainee, reporter, late, step, heard })
    } finally {
      late.dispose()
      trainee.dispose()
    }
  }

  it('have the numbers of those that are waited for, in their order', async () => {
    const trained = (how: 'late' | 'waited for') =>
      running(how, {}, ({ trainee, reporter, late, step, heard }) => {
        let ahead = 0
        for (let i = 0; i < 12; i++) {
          step()
          ahead = Math.max(ahead, late.count)
          expect(reporter.position.step + late.count).toBe(i + 1)
        }
        late.settle()
        expect(ahead > 0).toBe(how === 'late')
        return { heard, state: stateOf(trainee, reporter) }
      })
    const late = await trained('late')
    expect(late.heard.map(([step]) => step)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1))
    expect(late).toEqual(await trained('waited for'))
  })

  it('halt at the step that is not finite, as if nothing had been given after it', async () => {
    const halted = (how: 'late' | 'waited for') =>
      running(how, {}, ({ trainee, reporter, late, step, heard }) => {
        for (let i = 0; i < 5; i++) step()
        noGrad(() => lastMatrix(trainee).fill_(3e38))
        const generator = rngState()
        let given = 0
        const error = thrown(() => {
          for (; given < 3; given++) step()
          late.settle()
        })
        expect(given > 0).toBe(how === 'late')
        expect(late.count).toBe(0)
        const { refusal, notFinite } = explain(trainee, reporter, startingCursor(trainee.config), error)
        const { seen, loss } = error
        expect(rngState()).toEqual(generator)
        return { heard, seen, loss, refusal, notFinite, state: stateOf(trainee, reporter) }
      })
    const late = await halted('late')
    expect(late.notFinite.step).toBe(6)
    expect(late).toEqual(await halted('waited for'))
  })

  it('are read at once where averages follow the weights', () =>
    running('late', { ema: 0.9 }, ({ late, step, heard }) => {
      for (let i = 0; i < 6; i++) {
        step()
        expect(late.count).toBe(0)
      }
      expect(heard).toHaveLength(6)
    }))

  it('are read while the run waits for data, and what is wrong with them is heard by the next', () =>
    running('late', {}, async ({ trainee, reporter, late, step }) => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
      for (let i = 0; i < 4; i++) step()
      expect(late.count).toBeGreaterThan(0)
      const waitLong = async (): Promise<void> => {
        const data = deferred<string>()
        const waiting = late.meanwhile(data.promise)
        await vi.advanceTimersByTimeAsync(1000)
        expect(late.count).toBe(0)
        data.resolve('data')
        expect(await waiting).toBe('data')
      }
      await waitLong()
      expect(reporter.position.step).toBe(4)

      noGrad(() => lastMatrix(trainee).fill_(3e38))
      step()
      expect(late.count).toBe(1)
      await waitLong()
      expect(reporter.position.step).toBe(4)
      for (let i = 0; i < 2; i++) expect(thrown(step).seen).toBe('loss')
      expect(reporter.position.step).toBe(4)
    }))

  it('that nobody reads leave nothing behind', async () => {
    const before = liveTensors()
    await running('late', {}, ({ late, step }) => {
      for (let i = 0; i < 4; i++) step()
      expect(late.count).toBeGreaterThan(0)
    })
    expect(liveTensors()).toBe(before)
  })
})

const lastMatrix = ({ weights }: Trainee): Tensor => [...weights.values()].findLast(({ rank }) => rank === 2)!

/** All that a step changes. */
function stateOf(trainee: Trainee, { position, samples }: Reporter) {
  const { optimizer, model, confusion } = trainee
  return {
    step: position.step,
    batch: position.batch,
    learningRate: position.learningRate,
    samples,
    rate: optimizer.lr,
    optimizer: optimizer.state(),
    tensors: scope(() => [...model.tensors.values()].map((tensor) => tensor.detach().toTypedArray())),
    counts: confusion.train!.counts(),
    generator: rngState(),
  }
}

function thrown(body: () => unknown): Halted {
  try {
    body()
  } catch (error) {
    if (error instanceof Halted) return error
    throw error
  }
  throw new Error('it did not halt')
}

/** Running statistics, dropout, and classes that are counted. */
function network(): ModelDocument {
  const document = structuredClone(templates().find(({ id }) => id === 'digits-mlp')!.document)
  document.nodes.find(({ id }) => id === 'hidden')!.parameters['outFeatures'] = 32
  const added = (id: string, kind: string) => ({
    id,
    kind,
    name: '',
    parameters: {},
    position: { x: 0, y: 0 },
  })
  document.nodes.push(added('norm', 'batch-norm'), added('dropout', 'dropout'))
  const order = document.nodes.map(({ id }) => id)
  const chain = ['input', 'flatten', 'hidden', 'norm', 'relu', 'dropout', 'logits', 'output']
  expect(order.toSorted()).toEqual(chain.toSorted())
  document.wires = chain.slice(1).map((to, i) => ({
    id: to,
    from: { node: chain[i]!, port: 'output' },
    to: { node: to, port: 'input' },
  }))
  return document
}
