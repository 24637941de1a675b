/** What a model is trained to: the loss of the data's task, and the figures people read beside it. */
import { metrics } from '../common/schemas.ts'
import { type Dataset } from '../common/data/dataset.ts'
import { type TrainConfig } from '../common/training.ts'
import type { Parameters } from '../common/layer.ts'
import { measured } from '../common/settings.ts'
import { F, keep, tensor, zerosLike, type Tensor } from '../engine/index.ts'
import { classWeights } from './balance.ts'
import type { Confusion } from './confusion.ts'
import type { Model } from './model.ts'

/** Target of positions that are padding; no loss is computed there. */
export const paddingTarget = 0

/** How good one batch's results are, as sums: add them up and divide by `count`. */
export interface Score {
  /** Times `count`. */
  loss: number
  /** Samples, or tokens of a language model. */
  count: number
  /** Right classes or next tokens; null where there are none to be right about. */
  correct: number | null
  /** Sum of absolute errors in the target's own unit (the mean of several targets); of regression only. */
  error: number | null
}

export interface Objective {
  /** Classes that results are counted by; none where there are no classes. */
  readonly classes: readonly string[]
  /** Whether exp(loss) is the perplexity: of a language model whose loss is the cross-entropy and nothing else. */
  readonly perplexity: boolean
  /**
   * Mean over what is predicted: a scalar to go backward from. Where classes are weighted, the sum of weighted losses
   * over the sum of the weights.
   */
  loss(output: Tensor, targets: Tensor, mixed?: MixedTargets | null): Tensor
  /** What a model that knows nothing has on these targets: the first loss should be near it. */
  guess(targets: Tensor): Guess
  /** The same of the validation split: nothing is weighted. */
  plainLoss(output: Tensor, targets: Tensor): Tensor
  /** The same of each sample: `[B]`, of each of its tokens `[B, T]` or targets `[B, targets]` where it has several. */
  losses(output: Tensor, targets: Tensor): Tensor
  /**
   * What a score is made of beside the loss, as scalars where the results lie.
   * @param confusion what was taken for what is added to it
   */
  counts(output: Tensor, targets: Tensor, confusion?: Confusion | null): Tensor[]
  /** @param loss mean over what is predicted @param counts values of `counts` @param size of the batch */
  score(loss: number, counts: readonly number[], size: number): Score
  dispose(): void
}

/** How good results are, waited for: `loss` is what `objective.loss` gave for them. */
export function scoreOf(
  objective: Objective,
  output: Tensor,
  targets: Tensor,
  loss: number,
  confusion?: Confusion | null,
): Score {
  const counts = objective.counts(output, targets, confusion).map((one) => one.item())
  return objective.score(loss, counts, targets.shape[0] ?? 0)
}

export interface Guess {
  loss: number
  /** Whose loss that is. */
  words: string
  /** A first loss of more than so many times it is far off. */
  most: number
}

/** Of `choices` that are all as likely: the cross-entropy is ln K, whatever is weighted, smoothed or mixed. */
const byChance = (choices: number): Guess => ({
  loss: Math.log(choices),
  words: `a model that knows nothing has ${measured(Math.log(choices))} (ln ${choices})`,
  most: 1.3,
})

/** Targets of the images that a batch's images were mixed with; `share`, 0.5 to 1, is left of their own. */
export interface MixedTargets {
  targets: Tensor
  share: number
}

/**
 * The objective of a data set's task, with what the model's Output asks for.
 * @param balance `weights` weighs the classes of the training loss; see balance.ts
 */
export function objectiveOf(
  { task, targets, classes, vocabularySize }: Dataset,
  { plan, device }: Model,
  balance: TrainConfig['balance'] = 'none',
): Objective {
  const parameters = plan.steps.find(({ id }) => id === plan.output)?.parameters ?? {}
  switch (task) {
    case 'classify':
      return classification(
        classes.map(({ name }) => name),
        smoothing(parameters),
        balance === 'weights'
          ? keep(tensor(classWeights(classes.map(({ train }) => train)), { device }))
          : null,
      )
    case 'next-token':
      return nextToken(smoothing(parameters), vocabularySize ?? 1)
    case 'regress':
      return regression(
        parameters['loss'] === 'huber',
        keep(
          tensor(
            targets.map(({ std }) => std),
            { device },
          ),
        ),
      )
  }
}

function smoothing(parameters: Parameters): number {
  const value = parameters['labelSmoothing']
  return typeof value === 'number' ? value : 0
}

/** Logits `[B, C]`, targets int64 `[B]`. */
function classification(
  classes: readonly string[],
  labelSmoothing: number,
  weight: Tensor | null,
): Objective {
  const trained = { labelSmoothing, ...(weight ? { weight } : {}) }
  return {
    classes,
    perplexity: false,
    loss: (output, targets, mixed) => {
      const own = F.crossEntropy(output, targets, trained)
      if (!mixed) return own
      const other = F.crossEntropy(output, mixed.targets, trained)
      return own.mul(mixed.share).add(other.mul(1 - mixed.share))
    },
    guess: () => byChance(classes.length),
    plainLoss: (output, targets) => F.crossEntropy(output, targets, { labelSmoothing }),
    losses: (output, targets) => F.crossEntropy(output, targets, { labelSmoothing, reduction: 'none' }),
    dispose: () => weight?.dispose(),
    counts: (output, targets, confusion) => {
      const predictions = output.detach().argmax(1)
      confusion?.add(targets, predictions)
      return [predictions.eq(targets).sum()]
    },
    score: (loss, [correct = 0], count) => ({ loss: loss * count, count, correct, error: null }),
  }
}

/** Logits `[B, T, V]`, targets int64 `[B, T]`; what is padding counts nothing. */
function nextToken(labelSmoothing: number, vocabularySize: number): Objective {
  const rows = (output: Tensor): Tensor => output.reshape([-1, output.shape.at(-1) ?? 1])
  const options = { labelSmoothing, ignoreIndex: paddingTarget }
  const loss = (output: Tensor, targets: Tensor): Tensor =>
    F.crossEntropy(rows(output), targets.flatten(), options)
  return {
    classes: [],
    perplexity: labelSmoothing === 0,
    loss,
    guess: () => byChance(vocabularySize),
    plainLoss: loss,
    losses: (output, targets) =>
      F.crossEntropy(rows(output), targets.flatten(), { ...options, reduction: 'none' }).reshape(
        targets.shape,
      ),
    dispose: () => undefined,
    counts: (output, targets) => {
      const flat = targets.flatten()
      const counted = flat.ne(paddingTarget)
      const right = rows(output.detach()).argmax(1).eq(flat).logicalAnd(counted)
      return [counted.sum(), right.sum()]
    },
    score: (loss, [count = 0, correct = 0]) => ({ loss: loss * count, count, correct, error: null }),
  }
}

/** Numbers `[B, targets]`, all normalised. @param units what one is of each target, `[targets]` */
function regression(huber: boolean, units: Tensor): Objective {
  const loss = (output: Tensor, wanted: Tensor): Tensor =>
    huber ? F.huberLoss(output, wanted) : F.mseLoss(output, wanted)
  return {
    classes: [],
    perplexity: false,
    loss,
    // First outputs are not zero, and their spread adds to the loss of an ordinary start.
    guess: (wanted) => {
      const value = loss(zerosLike(wanted), wanted).item()
      return { loss: value, words: `a model that always says the mean has ${measured(value)}`, most: 4 }
    },
    plainLoss: loss,
    losses: (output, wanted) => (huber ? F.huberLoss : F.mseLoss)(output, wanted, { reduction: 'none' }),
    dispose: () => units.dispose(),
    counts: (output, wanted) => [output.detach().sub(wanted).abs().mul(units).mean(1).sum()],
    score: (loss, [error = 0], count) => ({ loss: loss * count, count, correct: null, error }),
  }
}

/** The figures of some scores under the metrics' names of `batch`, `train` or `val`. */
export function figuresOf(part: 'batch' | 'train' | 'val', scores: readonly Score[]): [string, number][] {
  const sum = (pick: (score: Score) => number | null): number =>
    scores.reduce((total, score) => total + (pick(score) ?? 0), 0)
  const count = sum((score) => score.count)
  const [first] = scores
  if (!first || count === 0) return []
  const names = {
    batch: [metrics.batchLoss, metrics.batchAccuracy, metrics.batchError],
    train: [metrics.trainLoss, metrics.trainAccuracy, metrics.trainError],
    val: [metrics.valLoss, metrics.valAccuracy, metrics.valError],
  } as const
  const [loss, accuracy, error] = names[part]
  return [
    [loss, sum((score) => score.loss) / count],
    ...(first.correct === null
      ? []
      : [[accuracy, sum((score) => score.correct) / count] satisfies [string, number]]),
    ...(first.error === null
      ? []
      : [[error, sum((score) => score.error) / count] satisfies [string, number]]),
  ]
}
