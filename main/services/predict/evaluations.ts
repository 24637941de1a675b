/** Evaluations of checkpoints: made, and the last few kept so that their cells and curves can be looked into. */
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { Dataset } from '../../common/data/dataset.ts'
import { UserError } from '../../common/errors.ts'
import {
  curvesOfClass,
  evaluateClasses,
  predictedOf,
  type ClassCurves,
  type ClassOutcomes,
} from '../../common/evaluation/classes.ts'
import type {
  Evaluated,
  EvaluatedQuery,
  EvaluateQuery,
  Evaluation,
} from '../../common/evaluation/evaluation.ts'
import { evaluateNumbers, type NumberOutcomes } from '../../common/evaluation/numbers.ts'
import type { Progress } from '../../common/schemas.ts'
import { measured } from '../../common/settings.ts'
import { cacheFiles, createPace, itemsOf, readColumn, type Maker, type Pace } from '../../data/index.ts'
import type { Store } from '../../store/index.ts'
import type { EvaluatedSplit } from '../../training/predict/evaluateSplit.ts'
import type { Task } from '../../training/questions.ts'
import type { EngineHost } from '../engineHost.ts'
import { evaluatedData, samplesIn, type EvaluatedData } from './evaluatedData.ts'
import { leftOutNote } from './leftOut.ts'
import { askedOf, trainedOf } from './trained.ts'

const mostKept = 4
/** Probabilities of all samples and classes together, in bytes. */
const mostBytes = 512 << 20
const mostResiduals = 2000

type Outcomes =
  ({ task: 'classify' } & ClassOutcomes) | ({ task: 'regress' } & NumberOutcomes) | { task: 'next-token' }

interface Kept {
  id: number
  rows: Uint32Array
  outcomes: Outcomes
  reader: Reader | null
  data: EvaluatedData
}

export class Evaluations {
  readonly #store: Store
  readonly #engine: EngineHost
  readonly #datasetsFolder: string
  readonly #make: Maker
  #kept: Kept[] = []
  #lastId = 0

  /** @param make reads data that is no data set of the workspace */
  constructor(store: Store, engine: EngineHost, workspace: string, make: Maker) {
    this.#store = store
    this.#engine = engine
    this.#datasetsFolder = join(workspace, 'datasets')
    this.#make = make
  }

  /** @throws UserError as `askedOf`, `evaluatedData` and `leftOutNote` do; `evaluate/too-large` */
  async evaluate(query: EvaluateQuery, task: Task<Progress>): Promise<Evaluation> {
    const began = performance.now()
    const asked = askedOf(this.#store, query)
    const where = { store: this.#store, datasetsFolder: this.#datasetsFolder, make: this.#make }
    const data = await evaluatedData(asked, query, where, task)
    try {
      const { dataset, folder, part } = data
      const samples = samplesIn(dataset, part)
      const width = dataset.classes.length
      if (4 * samples * width > mostBytes) throw tooLarge(samples, width)
      const trained = trainedOf(asked)
      const wanted = { trained, dataset, datasetFolder: folder, part }
      const found = await this.#engine.ask('evaluate', wanted, task)
      const leftOut = await leftOutNote(found, folder)
      const pace = createPace(task.signal)
      const outcomes = await outcomesOf(dataset, folder, found)
      const figures = await figuresOf(outcomes, found, pace)
      const reader = await readerOf(outcomes, pace)
      const id = ++this.#lastId
      await this.#keep({ id, rows: found.rows, outcomes, reader, data })
      return {
        id,
        runId: asked.run.id,
        checkpointId: asked.checkpoint.id,
        step: asked.checkpoint.step,
        datasetId: data.remove && query.path !== null ? null : (query.datasetId ?? asked.dataset.id),
        datasetName: data.name,
        split: query.split,
        notes: leftOut === null ? data.notes : [leftOut, ...data.notes],
        seconds: (performance.now() - began) / 1000,
        figures,
      }
    } catch (error) {
      await data.remove?.()
      throw error
    }
  }

  /** Samples of an evaluation, or of one cell of its confusion matrix. @throws UserError `evaluate/unknown` */
  async samples({ id, cell, order, offset, limit }: EvaluatedQuery): Promise<Evaluated> {
    const { rows, reader, data } = this.#find(id)
    if (!reader) return { total: 0, rows: [] }
    const { badness, truth, answer, ofTruth, inCell } = reader
    const places = Array.from(rows.keys()).filter((at) => cell === null || inCell(at, cell))
    if (order === 'worst') places.sort((a, b) => badness[b]! - badness[a]! || a - b)
    else places.sort((a, b) => rows[a]! - rows[b]!)
    const page = places.slice(offset, offset + limit)
    const { dataset, folder } = data
    const items = await itemsOf(
      dataset,
      folder,
      page.map((at) => rows[at]!),
    ).catch(() => null)
    return {
      total: places.length,
      rows: page.map((at, place) => ({
        row: rows[at]!,
        item: { image: items?.[place]?.image ?? null, text: items?.[place]?.text ?? null },
        truth: truth(at),
        answer: answer(at),
        ofTruth: ofTruth(at),
      })),
    }
  }

  /** What an evaluation was made of. @throws UserError `evaluate/unknown` */
  dataOf = (id: number): EvaluatedData => this.#find(id).data

  /** @throws UserError `evaluate/unknown`, `evaluate/no-class` */
  curves(id: number, one: number): ClassCurves {
    const { outcomes } = this.#find(id)
    if (outcomes.task === 'classify' && one < outcomes.classes.length) return curvesOfClass(one, outcomes)
    throw new UserError({
      code: 'evaluate/no-class',
      what: `Evaluation ${id} has no class ${one}.`,
      mend: 'Choose one of its classes.',
    })
  }

  /** Removes what was read for them. */
  async close(): Promise<void> {
    const kept = this.#kept
    this.#kept = []
    for (const { data } of kept) await data.remove?.()
  }

  async #keep(one: Kept): Promise<void> {
    const older = this.#kept.slice(0, Math.max(0, this.#kept.length + 1 - mostKept))
    this.#kept = [...this.#kept, one].slice(-mostKept)
    for (const { data } of older) await data.remove?.()
  }

  #find(id: number): Kept {
    const found = this.#kept.find((one) => one.id === id)
    if (found) return found
    throw new UserError({
      code: 'evaluate/unknown',
      what: `There is no evaluation ${id} any more; the last ${mostKept} are kept until Tapedeck is closed.`,
      mend: 'Evaluate again.',
    })
  }
}

async function outcomesOf(
  dataset: Dataset,
  folder: string,
  { rows, outputs }: EvaluatedSplit,
): Promise<Outcomes> {
  switch (dataset.task) {
    case 'classify': {
      const labels = await readColumn(join(folder, cacheFiles.labels), 8)
      const target = Uint32Array.from(rows, (row) => labels.readUInt32LE(8 * row))
      return {
        task: 'classify',
        classes: dataset.classes.map(({ name }) => name),
        target,
        probabilities: outputs,
      }
    }
    case 'regress': {
      const each = dataset.targets.length
      const stored = await readColumn(join(folder, cacheFiles.targets), 4)
      const inUnits = (value: number, at: number): number => {
        const { mean, std } = dataset.targets[at % each]!
        return value * std + mean
      }
      const wanted = Float32Array.from({ length: rows.length * each }, (_, at) =>
        inUnits(stored.readFloatLE(4 * (rows[Math.floor(at / each)]! * each + (at % each))), at),
      )
      return {
        task: 'regress',
        targets: dataset.targets.map(({ name }) => name),
        wanted,
        predicted: outputs.map(inUnits),
      }
    }
    case 'next-token':
      return { task: 'next-token' }
  }
}

async function figuresOf(
  outcomes: Outcomes,
  { rows, score }: EvaluatedSplit,
  pace: Pace,
): Promise<Evaluation['figures']> {
  switch (outcomes.task) {
    case 'classify':
      return { task: 'classify', ...(await evaluateClasses(outcomes, () => pace.rest())) }
    case 'regress': {
      const each = outcomes.targets.length
      const step = Math.max(1, Math.ceil(rows.length / mostResiduals))
      const residuals = Array.from(rows.keys())
        .filter((at) => at % step === 0)
        .map((at) => ({
          row: rows[at]!,
          wanted: outcomes.wanted[at * each]!,
          predicted: outcomes.predicted[at * each]!,
        }))
        .filter(({ wanted, predicted }) => Number.isFinite(wanted) && Number.isFinite(predicted))
      return { task: 'regress', targets: evaluateNumbers(outcomes), residuals }
    }
    case 'next-token': {
      const loss = score.loss / Math.max(1, score.count)
      return {
        task: 'next-token',
        samples: rows.length,
        loss,
        perplexity: Math.exp(loss),
        accuracy: (score.correct ?? 0) / Math.max(1, score.count),
      }
    }
  }
}

interface Reader {
  /** Of each sample: the more, the worse. */
  badness: Float64Array
  truth: (at: number) => string
  answer: (at: number) => string
  ofTruth: (at: number) => number | null
  inCell: (at: number, cell: { target: number; predicted: number }) => boolean
}

/** Null of a language model, whose samples are all alike. */
async function readerOf(outcomes: Outcomes, pace: Pace): Promise<Reader | null> {
  if (outcomes.task === 'next-token') return null
  if (outcomes.task === 'classify') {
    const { classes, target, probabilities } = outcomes
    const k = classes.length
    const best = await predictedOf(outcomes, () => pace.rest())
    const own = (at: number): number => probabilities[at * k + target[at]!]!
    return {
      // Without an answer is worse than any.
      badness: Float64Array.from(target.keys(), (at) => (best[at]! < 0 ? 2 : 1 - own(at))),
      truth: (at) => classes[target[at]!] ?? '',
      answer: (at) => classes[best[at]!] ?? 'no answer',
      ofTruth: (at) => (best[at]! < 0 ? null : own(at)),
      inCell: (at, { target: wanted, predicted }) => target[at] === wanted && best[at] === predicted,
    }
  }
  const { targets, wanted, predicted } = outcomes
  const each = targets.length
  const said = (values: Float32Array, at: number): string =>
    Array.from(values.subarray(at * each, (at + 1) * each), measured).join(', ')
  return {
    badness: Float64Array.from({ length: predicted.length / each }, (_, at) => {
      const error = Math.abs(predicted[at * each]! - wanted[at * each]!)
      return Number.isNaN(error) ? Infinity : error
    }),
    truth: (at) => said(wanted, at),
    answer: (at) => said(predicted, at),
    ofTruth: () => null,
    inCell: () => true,
  }
}

const tooLarge = (samples: number, classes: number): UserError =>
  new UserError({
    code: 'evaluate/too-large',
    what: `${samples.toLocaleString('en-US')} samples of ${classes.toLocaleString('en-US')} classes are more answers than are held at a time.`,
    mend: 'Evaluate a smaller part, or predict into a file.',
  })
