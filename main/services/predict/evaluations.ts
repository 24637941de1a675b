/** Evaluations of checkpoints: made, and the last few kept so that their cells and curves can be looked into. */
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { Dataset } from '../../common/data/dataset.ts'
import { UserError } from '../../common/errors.ts'
import {
  curvesOfClass,
  evaluateClasses,
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
import { cacheFiles, readColumn } from '../../data/index.ts'
import type { Store } from '../../store/index.ts'
import type { EvaluatedSplit } from '../../training/predict/evaluateSplit.ts'
import type { Task } from '../../training/questions.ts'
import type { EngineHost } from '../engineHost.ts'
import { askedOf, trainedOf, type Asked } from './trained.ts'

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
}

export class Evaluations {
  readonly #store: Store
  readonly #engine: EngineHost
  readonly #datasetsFolder: string
  #kept: Kept[] = []
  #lastId = 0

  constructor(store: Store, engine: EngineHost, workspace: string) {
    this.#store = store
    this.#engine = engine
    this.#datasetsFolder = join(workspace, 'datasets')
  }

  /**
   * @throws UserError as `askedOf` does; `data/unknown`, `evaluate/other-data`, `evaluate/empty-split`, `evaluate/too-large`
   */
  async evaluate(query: EvaluateQuery, task: Task<Progress>): Promise<Evaluation> {
    const began = performance.now()
    const asked = askedOf(this.#store, query)
    const dataset = query.datasetId === null ? asked.dataset : this.#store.datasets.get(query.datasetId)
    refuseOtherData(asked, dataset)
    const { split } = query
    const samples = {
      train: dataset.trainCount,
      validation: dataset.validationCount,
      test: dataset.testCount,
    }[split]
    if (samples === 0) throw emptySplit(dataset.name, split)
    if (4 * samples * dataset.classes.length > mostBytes) throw tooLarge(samples, dataset.classes.length)
    const { mean, std, channels } = asked.dataset
    const folder = join(this.#datasetsFolder, dataset.id)
    const found = await this.#engine.ask(
      'evaluate',
      {
        trained: trainedOf(asked),
        dataset: { ...dataset, mean, std, channels },
        datasetFolder: folder,
        split,
      },
      task,
    )
    const outcomes = await outcomesOf(dataset, folder, found)
    const id = ++this.#lastId
    this.#kept = [...this.#kept, { id, rows: found.rows, outcomes }].slice(-mostKept)
    return {
      id,
      runId: asked.run.id,
      checkpointId: asked.checkpoint.id,
      step: asked.checkpoint.step,
      datasetId: dataset.id,
      datasetName: dataset.name,
      split,
      seconds: (performance.now() - began) / 1000,
      figures: figuresOf(outcomes, found),
    }
  }

  /** Samples of an evaluation, or of one cell of its confusion matrix. @throws UserError `evaluate/unknown` */
  samples({ id, cell, order, offset, limit }: EvaluatedQuery): Evaluated {
    const { rows, outcomes } = this.#find(id)
    if (outcomes.task === 'next-token') return { total: 0, rows: [] }
    const { badness, truth, answer, ofTruth, inCell } = readerOf(outcomes)
    const places = Array.from(rows.keys()).filter((at) => cell === null || inCell(at, cell))
    if (order === 'worst') places.sort((a, b) => badness(b) - badness(a) || a - b)
    else places.sort((a, b) => rows[a]! - rows[b]!)
    return {
      total: places.length,
      rows: places.slice(offset, offset + limit).map((at) => ({
        row: rows[at]!,
        truth: truth(at),
        answer: answer(at),
        ofTruth: ofTruth(at),
      })),
    }
  }

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

function figuresOf(outcomes: Outcomes, { rows, score }: EvaluatedSplit): Evaluation['figures'] {
  switch (outcomes.task) {
    case 'classify':
      return { task: 'classify', ...evaluateClasses(outcomes) }
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
  /** The more, the worse. */
  badness: (at: number) => number
  truth: (at: number) => string
  answer: (at: number) => string
  ofTruth: (at: number) => number | null
  inCell: (at: number, cell: { target: number; predicted: number }) => boolean
}

function readerOf(outcomes: Exclude<Outcomes, { task: 'next-token' }>): Reader {
  if (outcomes.task === 'classify') {
    const { classes, target, probabilities } = outcomes
    const k = classes.length
    const row = (at: number): Float32Array => probabilities.subarray(at * k, (at + 1) * k)
    const best = (at: number): number => row(at).reduce((b, p, one, all) => (p > all[b]! ? one : b), 0)
    const own = (at: number): number => row(at)[target[at]!]!
    return {
      badness: (at) => (Number.isFinite(own(at)) ? 1 - own(at) : 2),
      truth: (at) => classes[target[at]!] ?? '',
      answer: (at) => classes[best(at)] ?? '',
      ofTruth: (at) => (Number.isFinite(own(at)) ? own(at) : null),
      inCell: (at, { target: wanted, predicted }) => target[at] === wanted && best(at) === predicted,
    }
  }
  const { targets, wanted, predicted } = outcomes
  const each = targets.length
  const said = (values: Float32Array, at: number): string =>
    Array.from(values.subarray(at * each, (at + 1) * each), measured).join(', ')
  return {
    badness: (at) => {
      const error = Math.abs(predicted[at * each]! - wanted[at * each]!)
      return Number.isNaN(error) ? Infinity : error
    },
    truth: (at) => said(wanted, at),
    answer: (at) => said(predicted, at),
    ofTruth: () => null,
    inCell: () => true,
  }
}

/** A network answers about data that is prepared as what it was trained on. @throws UserError `evaluate/other-data` */
function refuseOtherData({ dataset: own, run }: Asked, dataset: Dataset): void {
  if (own.id === dataset.id) return
  const refuse = (what: string, mend: string): never => {
    throw new UserError({
      code: 'evaluate/other-data',
      what: `"${run.name}" cannot be evaluated on "${dataset.name}": ${what}.`,
      mend,
    })
  }
  const predictFiles = 'Predict its files instead: they are prepared as in training.'
  if (own.task !== dataset.task)
    refuse(`its task is ${own.task}, not ${dataset.task}`, 'Choose data of the same task.')
  if (own.content === 'tokens' || own.options.text || own.options.table)
    refuse('its vocabulary or its columns were prepared from other data', predictFiles)
  if (own.sampleShape.join() !== dataset.sampleShape.join())
    refuse(`samples are ${dataset.sampleShape.join(' x ')}, not ${own.sampleShape.join(' x ')}`, predictFiles)
  const names = (of: Dataset): string => of.classes.map(({ name }) => name).join('\n')
  if (names(own) !== names(dataset))
    refuse('its classes are others', 'Import it with the same classes, in folders of the same names.')
}

const emptySplit = (name: string, split: string): UserError =>
  new UserError({
    code: 'evaluate/empty-split',
    what: `"${name}" has no ${split} samples.`,
    mend: 'Choose another part of it, or import it with a share for that.',
  })

const tooLarge = (samples: number, classes: number): UserError =>
  new UserError({
    code: 'evaluate/too-large',
    what: `${samples.toLocaleString('en-US')} samples of ${classes.toLocaleString('en-US')} classes are more answers than are held at a time.`,
    mend: 'Evaluate a smaller part, or predict into a file.',
  })
