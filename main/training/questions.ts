/**
 * Questions to the engine that are answered once and change nothing: a batch looked at, a few steps measured. Asked
 * through `EngineHost.ask`, answered here in the worker. A new one is a line in `Questions` and one in `answers`. One that
 * takes long tells how far it is, and gives up when its signal aborts.
 */
import type { ModelDocument } from '../common/document.ts'
import type { Forecast, GradientCheck, OneBatch, RewriteGain } from '../common/inspection.ts'
import type { Range, RangeProgress, RangeTest } from '../common/rangeTest.ts'
import type { Progress } from '../common/schemas.ts'
import type { Dataset } from '../common/data/dataset.ts'
import type { TrainConfig } from '../common/training.ts'
import type { TrainJob } from './protocol.ts'
import type { EvaluateAsked, EvaluatedSplit } from './predict/evaluateSplit.ts'
import type { GenerateAsked, GenerateProgress } from './predict/generate.ts'
import type { PredictAsked, Predicted } from './predict/predict.ts'
import type { Recording } from './tape/recording.ts'
import type { Filters, Neighbours } from '../common/health/weights.ts'
import type { FiltersAsked } from './weights/filters.ts'
import type { NeighboursAsked } from './weights/neighbours.ts'
import type { Running } from './weights/source.ts'

/** A model and the data it is looked at with. */
export interface Subject {
  document: ModelDocument
  dataset: Dataset
  /** Folder of the dataset's files. */
  datasetFolder: string
}

export interface Questions {
  filters: { asked: FiltersAsked; answer: Filters }
  neighbours: { asked: NeighboursAsked; answer: Neighbours }
  'one-batch': {
    asked: Subject & Pick<TrainConfig, 'batchSize' | 'seed' | 'device'>
    answer: OneBatch
  }
  forecast: { asked: Subject & { config: TrainConfig }; answer: Forecast }
  'measure-rewrites': { asked: Subject & { config: TrainConfig }; answer: RewriteGain }
  'check-gradients': {
    asked: { document: ModelDocument; nodeId: string; dataset: Dataset | null }
    answer: GradientCheck[]
  }
  'range-test': {
    asked: Subject & { config: TrainConfig; range: Range }
    answer: RangeTest
    progress: RangeProgress
  }
  /** Of the step after the checkpoint that the job would go on from. */
  tape: { asked: TrainJob; answer: Recording }
  /** Of trained weights; also while a run trains. */
  predict: { asked: PredictAsked; answer: Predicted }
  evaluate: { asked: EvaluateAsked; answer: EvaluatedSplit; progress: Progress }
  generate: { asked: GenerateAsked; answer: number[]; progress: GenerateProgress }
}
export type Topic = keyof Questions

/** One question as it crosses the threads. */
export type Question = { [T in Topic]: { topic: T; asked: Questions[T]['asked'] } }[Topic]

/** What a question tells while it is being answered. */
export type ProgressOf<T extends Topic> = Questions[T] extends { progress: infer P } ? P : never

export interface Task<P> {
  signal: AbortSignal
  onProgress: (progress: P) => void
}

/** As the worker answers it. */
type Answering<T extends Topic> = Task<ProgressOf<T>> & {
  /** The run in training, for questions about it. */
  running: Running | null
  /** See prefetch.ts. */
  prefetchUrl: URL
}

type Answers = {
  [T in Topic]: (asked: Questions[T]['asked'], task: Answering<T>) => Promise<Questions[T]['answer']>
}

// Loaded when asked: importing them loads the native engine.
const answers: Answers = {
  filters: async (asked, { running }) => (await import('./weights/filters.ts')).filters(asked, running),
  neighbours: async (asked, { running }) =>
    (await import('./weights/neighbours.ts')).neighbours(asked, running),
  'one-batch': async (asked) => (await import('./oneBatch.ts')).oneBatch(asked),
  forecast: async (asked) => (await import('./forecast.ts')).forecast(asked),
  'measure-rewrites': async (asked) => (await import('./measureRewrites.ts')).measureRewrites(asked),
  'check-gradients': async (asked) => (await import('./gradientCheck.ts')).checkGradients(asked),
  'range-test': async (asked, task) => (await import('./rangeTest.ts')).rangeTest(asked, task),
  tape: async (asked, { prefetchUrl }) => (await import('./tape/once.ts')).recordOnce(asked, prefetchUrl),
  predict: async (asked) => (await import('./predict/predict.ts')).predict(asked),
  evaluate: async (asked, task) => (await import('./predict/evaluateSplit.ts')).evaluateSplit(asked, task),
  generate: async (asked, task) => (await import('./predict/generate.ts')).generate(asked, task),
}

/** @throws UserError what is wrong with the question; anything else is a fault of ours */
export function answer<T extends Topic>(
  topic: T,
  asked: Questions[T]['asked'],
  task: Answering<T>,
): Promise<Questions[T]['answer']> {
  return answers[topic](asked, task)
}
