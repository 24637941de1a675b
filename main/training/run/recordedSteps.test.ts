/** Steps that a device is given as one piece, on the emulated GPU. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Dataset } from '../../common/data/dataset.ts'
import { templates } from '../../common/templates.ts'
import { defaultTrainConfig, type TrainConfig } from '../../common/training.ts'
import { noGrad, scope, StepGraph } from '../../engine/index.ts'
import { projectRoot } from '../../paths.ts'
import { importSample, jobOn } from '../sampleFixture.ts'
import { startingCursor, startingPosition } from './cursor.ts'
import { RecordedSteps } from './recordedSteps.ts'
import { Reporter } from './reporter.ts'
import { Halted, trainStep } from './step.ts'
import { Trainee } from './trainee.ts'
import { explain } from './whyHalted.ts'

const library = join(projectRoot(), 'native', 'build', 'libtape_emulated.so')

// Built with the engine's own tests, which CI does.
describe.skipIf(!existsSync(library))('recorded steps', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tapedeck-recorded-'))
  let dataset: Dataset

  beforeAll(async () => {
    process.env['TAPE_CUDA_LIBRARY'] = library
    dataset = await importSample('digits', folder)
  })
  afterEach(() => vi.restoreAllMocks())
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** Some steps of a small classifier, and what is done with it then. */
  function after<T>(
    steps: number,
    changes: Partial<TrainConfig>,
    then: (trained: { trainee: Trainee; reporter: Reporter; step: () => number; losses: number[] }) => T,
  ): T {
    const config = { ...defaultTrainConfig, device: 'cuda' as const, probeEvery: 0, ...changes }
    const trainee = new Trainee(jobOn(dataset, folder, small(), config))
    try {
      const reporter = new Reporter(0, startingPosition(config), trainee, () => undefined)
      const order = trainee.epoch(config, 1)
      const step = (): number => {
        const group = [{ rows: order[reporter.position.step]!, images: null, mix: null }]
        const { loss, count } = trainStep(trainee, group, reporter)
        return loss / count
      }
      const losses = Array.from({ length: steps }, step)
      return then({ trainee, reporter, step, losses })
    } finally {
      trainee.dispose()
    }
  }
  const lossesOf = (changes: Partial<TrainConfig>): number[] => after(8, changes, ({ losses }) => losses)

  it('have the losses of the same steps given op by op', () => {
    const replay = vi.spyOn(StepGraph.prototype, 'replay')
    const recorded = lossesOf({ optimizer: 'adamw', learningRate: 0.002, clipNorm: 1 })
    // Two of a shape come first.
    expect(replay).toHaveBeenCalledTimes(6)
    vi.spyOn(RecordedSteps.prototype, 'possible', 'get').mockReturnValue(false)
    expect(lossesOf({ optimizer: 'adamw', learningRate: 0.002, clipNorm: 1 })).toEqual(recorded)
    expect(replay).toHaveBeenCalledTimes(6)
  })

  it('are left where there is no memory to record them', () => {
    vi.spyOn(StepGraph.prototype, 'record').mockImplementation(() => {
      throw Object.assign(new Error('[memory] no room'), { code: 'TAPE_MEMORY' })
    })
    const without = lossesOf({})
    vi.restoreAllMocks()
    expect(without).toEqual(lossesOf({}))
  })

  it('compute in TF32 where they are told to', () => {
    const [whole, rounded] = [lossesOf({}), lossesOf({ precision: 'tf32' })]
    expect(rounded).not.toEqual(whole)
    rounded.forEach((loss, i) => expect(Math.abs(loss / whole[i]! - 1)).toBeLessThan(1e-2))
    expect(lossesOf({})).toEqual(whole)
  })

  it('halt before the update, in the words of the processor, and count nothing of the batch', () => {
    const halted = (device: 'cuda' | 'cpu') =>
      after(4, { device }, ({ trainee, reporter, step }) => {
        const [, , last] = trainee.weights.values()
        noGrad(() => last!.fill_(1e38))
        const state = () => ({
          counts: trainee.confusion.train!.counts(),
          weights: scope(() => [...trainee.weights.values()].map((weight) => weight.detach().toTypedArray())),
        })
        const before = state()
        const error = thrown(step)
        const { refusal } = explain(trainee, reporter, startingCursor(trainee.config), error)
        expect(state()).toEqual(before)
        return { refusal, seen: error.seen, step: reporter.position.step }
      })
    const replay = vi.spyOn(StepGraph.prototype, 'replay')
    const there = halted('cuda')
    expect(replay).toHaveBeenCalledTimes(3)
    expect(there).toMatchObject({ seen: 'loss', step: 4 })
    expect(there.refusal.what).toMatch(/^The loss became .* at step 5, .* First made by linear in "/)
    expect(there).toEqual(halted('cpu'))
  })
})

function thrown(body: () => unknown): Halted {
  try {
    body()
  } catch (error) {
    if (error instanceof Halted) return error
    throw error
  }
  throw new Error('it did not halt')
}

function small() {
  const document = structuredClone(templates().find(({ id }) => id === 'digits-mlp')!.document)
  document.nodes.find(({ kind }) => kind === 'linear')!.parameters['outFeatures'] = 32
  return document
}
