/** What a run trains and with what: made from a job, disposed at its end. */
import type { ModelDocument } from '../../common/document.ts'
import { totalCost } from '../../common/cost.ts'
import { UserError } from '../../common/errors.ts'
import type { TrainConfig } from '../../common/training.ts'
import { analyse } from '../../common/shapes.ts'
import { dataShape } from '../../common/trainable.ts'
import { manualSeed, optim, type Device, type Tensor } from '../../engine/index.ts'
import { Batches } from '../batches.ts'
import { Confusion } from '../confusion.ts'
import { deviceOf } from '../device.ts'
import { Model } from '../model.ts'
import { objectiveOf, type Objective } from '../objective.ts'
import { Predicted } from '../predictions.ts'
import { makeOptimizer, setWeightDecay } from '../optimizer.ts'
import { inPrecision } from '../precision.ts'
import { probedLayers } from '../probes/layers.ts'
import { Prober } from '../probes/prober.ts'
import { rarer } from '../probes/schedule.ts'
import type { TrainJob } from '../protocol.ts'
import { Recorder } from '../tape/recorder.ts'
import { gradientInterval } from './meter.ts'
import { Rate } from './rate.ts'
import { loadWeights } from '../weights/load.ts'
import { RecordedSteps } from './recordedSteps.ts'
import { guardsOf, StepStart } from './safety.ts'

/** Operations with a weight each time it is used: a multiply-add in the forward pass, two in the backward pass. */
const flopsPerUse = 6

export class Trainee {
  readonly document: ModelDocument
  /** Where all of it lies, and the batches. */
  readonly device: Device
  readonly batches: Batches
  readonly model: Model
  readonly objective: Objective
  readonly optimizer: optim.Optimizer
  /** Of the training split over an epoch, and of the validation split; null where there are no classes. */
  readonly confusion: { train: Confusion | null; val: Confusion | null }
  /** What the validation split's samples are taken for; null where nothing validates. */
  readonly predicted: Predicted | null
  readonly prober: Prober
  /** Steps between two whose gradient norm is measured. */
  readonly gradientEvery: number
  readonly rate: Rate
  /** A moving average of the weights; null where the configuration wants none. */
  readonly ema: optim.EMA | null
  /** What is trained, by key, in running order. */
  readonly weights: ReadonlyMap<string, Tensor>
  /** Gradients that are looked at before every update; see safety.ts. */
  readonly guards: readonly Tensor[]
  readonly start: StepStart
  readonly recorded: RecordedSteps
  /** What came of the file of weights that the run begins with; null without one. */
  readonly weightsRead: string | null
  readonly recorder = new Recorder()
  #config: TrainConfig

  /** Draws the first weights from the job's seed. @throws UserError what reading data and model may refuse */
  constructor({ config, dataset, datasetFolder, document, from, weights: file }: TrainJob) {
    manualSeed(config.seed)
    this.#config = config
    this.document = document
    this.device = deviceOf(config.device)
    this.batches = new Batches(dataset, datasetFolder, this.device)
    this.model = new Model(document, dataset, config.disabledRewrites, config.frozen, this.device)
    this.weightsRead = from === null && file ? loadWeights(this.model, document, file) : null
    this.objective = objectiveOf(dataset, this.model, config.balance)
    const { classes } = this.objective
    this.confusion = {
      train: Confusion.of(classes, this.device),
      val: Confusion.of(classes, this.device),
    }
    this.predicted =
      config.overfitBatch || dataset.validationCount === 0
        ? null
        : new Predicted(dataset, datasetFolder, (output, targets) => this.objective.losses(output, targets))
    this.weights = this.model.namedWeights
    if (this.weights.size === 0) throw allFrozen(this.model)
    this.optimizer = makeOptimizer(this.weights.values(), config)
    const { probeEvery, histogramsEvery, batchSize } = config
    const flops = flopsOfStep(document, dataset, batchSize)
    const layers = probedLayers(this.model).length
    const factor = rarer(layers, flops, probeEvery)
    this.prober = new Prober(this.model, this.optimizer, { every: probeEvery, histogramsEvery, factor })
    const weights = [...this.weights.values()].reduce((sum, { numel }) => sum + numel, 0)
    this.gradientEvery = gradientInterval((flops ?? 0) / flopsPerUse / Math.max(1, weights))
    this.rate = new Rate(config)
    this.ema = config.ema === null ? null : new optim.EMA([...this.weights.values()], { decay: config.ema })
    this.guards = guardsOf(this.model)
    this.start = new StepStart(this.model, this.confusion.train?.state ?? [])
    this.recorded = new RecordedSteps(this)
  }

  get config(): TrainConfig {
    return this.#config
  }

  /** Takes over a configuration that differs in what may be changed while a run trains. */
  change(config: TrainConfig): void {
    this.#config = config
    this.rate.change(config)
    this.recorded.clear()
    setWeightDecay(this.optimizer, config)
  }

  /** Batches of an epoch, in the order that `config` asks for. */
  epoch(config: TrainConfig, epoch: number): readonly Uint32Array[] {
    return config.overfitBatch ? this.batches.epoch(config, 1).slice(0, 1) : this.batches.epoch(config, epoch)
  }

  /** Runs a forward pass in the precision that the configuration asks for. */
  precise<T>(body: () => T): T {
    return inPrecision(this.#config, this.device, body)
  }

  /** Runs `body` with the weights as they are trained, also while their averages stand in for them. */
  plain<T>(body: () => T): T {
    return this.ema?.swapped ? this.ema.apply(body) : body()
  }

  dispose(): void {
    this.recorded.dispose()
    this.confusion.train?.dispose()
    this.confusion.val?.dispose()
    this.objective.dispose()
    this.start.dispose()
    this.ema?.dispose()
    this.optimizer.dispose()
    this.model.dispose()
    this.batches.dispose()
  }
}

function allFrozen(model: Model): UserError {
  model.dispose()
  return new UserError({
    code: 'training/all-frozen',
    what: 'Every layer that has weights is frozen, so there is nothing to train.',
    mend: 'Leave out at least one of them, such as the last.',
  })
}

/** Floating-point operations of a step; null where they are not known. */
function flopsOfStep(
  document: TrainJob['document'],
  dataset: TrainJob['dataset'],
  batchSize: number,
): number | null {
  const data = dataShape(dataset)
  const { flops } = totalCost(analyse(document, data), data)
  return flops === null ? null : 3 * flops * batchSize
}
