/** How good class probabilities are: the figures that people quote, as scikit-learn defines them. Pure. */
import { averagePrecision, rankings, rocArea, thinned, type CurvePoint } from './curves.ts'

/** What a network said of the samples of a split. */
export interface ClassOutcomes {
  classes: readonly string[]
  /** True class of each sample. */
  target: Uint32Array
  /** `[samples, classes]`, row-major, each row adds up to 1; NaN where the network gave none. */
  probabilities: Float32Array
}

export interface ClassFigures {
  name: string
  /** Samples of the class. */
  support: number
  /** Of what was taken for the class, the share that is it; null where nothing was. */
  precision: number | null
  /** Of the class, the share that was taken for it; null where there is none of it. */
  recall: number | null
  /** 2 TP / (2 TP + FP + FN); null for a class that neither occurred nor was named. */
  f1: number | null
  /** Area under the ROC curve of this class against all others; null where one of the two sides is empty. */
  rocArea: number | null
  /** Sum of precision over steps of recall, as `average_precision_score`; null where there is none of the class. */
  averagePrecision: number | null
}

export interface CalibrationBin {
  from: number
  to: number
  count: number
  /** Mean probability of the answers; null of an empty bin. */
  confidence: number | null
  /** Share of them that are right. */
  accuracy: number | null
}

export interface ClassEvaluation {
  samples: number
  /** Samples without an answer: a probability of them is no number. They count as wrong, and are in no curve. */
  notFinite: number
  accuracy: number
  /** Share of samples whose class is among the 1, 2, ... most probable ones; at most 5. */
  topK: number[]
  /** Mean of -log of the true class's probability, those below 1e-15 taken as that. */
  logLoss: number
  macroF1: number | null
  /** Weighted by the classes' samples. */
  weightedF1: number | null
  classes: ClassFigures[]
  /** Row by row: how often class `target` was taken for class `prediction`. */
  confusion: number[]
  calibration: CalibrationBin[]
  /** Expected calibration error (Guo et al. 2017): how far confidence and accuracy are apart, on average. */
  calibrationError: number
}

const mostK = 5
const bins = 10
const least = 1e-15

/**
 * Of each sample the most probable class, of equal ones the first; -1 where a probability of it is no number.
 * @param rest gives way to others; asked for often
 */
export async function predictedOf(
  { classes, target, probabilities }: ClassOutcomes,
  rest: () => Promise<void> | undefined,
): Promise<Int32Array> {
  const k = classes.length
  const predicted = new Int32Array(target.length)
  for (let at = 0; at < target.length; at++) {
    if (at % 256 === 0) await rest()
    let best = 0
    for (let one = 0; one < k && best >= 0; one++) {
      const value = probabilities[at * k + one]!
      if (!Number.isFinite(value)) best = -1
      else if (value > probabilities[at * k + best]!) best = one
    }
    predicted[at] = best
  }
  return predicted
}

/** @param rest gives way to others; asked for often */
export async function evaluateClasses(
  outcomes: ClassOutcomes,
  rest: () => Promise<void> | undefined,
): Promise<ClassEvaluation> {
  const { classes, target, probabilities } = outcomes
  const k = classes.length
  const samples = target.length
  const confusion = new Array<number>(k * k).fill(0)
  const hits = new Array<number>(Math.min(mostK, k)).fill(0)
  const sums = Array.from({ length: bins }, () => ({ count: 0, confidence: 0, right: 0 }))
  const known: number[] = []
  const predicted = await predictedOf(outcomes, rest)
  let [loss, notFinite] = [0, 0]
  for (let at = 0; at < samples; at++) {
    if (at % 256 === 0) await rest()
    const best = predicted[at]!
    if (best < 0) {
      notFinite++
      continue
    }
    known.push(at)
    const row = probabilities.subarray(at * k, (at + 1) * k)
    const wanted = target[at]!
    const own = row[wanted]!
    let rank = 0
    for (let one = 0; one < k; one++) {
      // Of equal ones the first counts first, as in the prediction.
      if (row[one]! > own || (row[one] === own && one < wanted)) rank++
    }
    confusion[wanted * k + best]!++
    for (let within = rank; within < hits.length; within++) hits[within]!++
    loss -= Math.log(Math.max(own, least))
    const confidence = row[best]!
    const bin = sums[Math.min(bins - 1, Math.floor(confidence * bins))]!
    bin.count++
    bin.confidence += confidence
    if (best === wanted) bin.right++
  }
  const figures: ClassFigures[] = []
  for (const [one, name] of classes.entries()) {
    await rest()
    figures.push(figuresOf(name, one, outcomes, known, confusion))
  }
  const supports = figures.reduce((sum, { support }) => sum + support, 0)
  const scored = figures.flatMap(({ f1, support }) => (f1 === null ? [] : [{ f1, support }]))
  return {
    samples,
    notFinite,
    accuracy: share(hits[0] ?? 0, samples),
    topK: hits.map((count) => share(count, samples)),
    logLoss: share(loss, known.length),
    macroF1: scored.length === 0 ? null : scored.reduce((sum, { f1 }) => sum + f1, 0) / scored.length,
    weightedF1:
      supports === 0 ? null : scored.reduce((sum, { f1, support }) => sum + f1 * support, 0) / supports,
    classes: figures,
    confusion,
    calibration: sums.map(({ count, confidence, right }, bin) => ({
      from: bin / bins,
      to: (bin + 1) / bins,
      count,
      confidence: count === 0 ? null : confidence / count,
      accuracy: count === 0 ? null : right / count,
    })),
    calibrationError: share(
      sums.reduce((sum, { confidence, right }) => sum + Math.abs(confidence - right), 0),
      known.length,
    ),
  }
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole)

function figuresOf(
  name: string,
  one: number,
  outcomes: ClassOutcomes,
  known: readonly number[],
  confusion: readonly number[],
): ClassFigures {
  const k = outcomes.classes.length
  let [actual, named] = [0, 0]
  for (let other = 0; other < k; other++) {
    actual += confusion[one * k + other]!
    named += confusion[other * k + one]!
  }
  const right = confusion[one * k + one]!
  const ranked = rankings(...against(one, outcomes, known))
  return {
    name,
    support: actual,
    precision: named === 0 ? null : right / named,
    recall: actual === 0 ? null : right / actual,
    f1: actual + named === 0 ? null : (2 * right) / (actual + named),
    rocArea: rocArea(ranked),
    averagePrecision: averagePrecision(ranked),
  }
}

/** Scores of a class, and which samples are of it. */
function against(
  one: number,
  { classes, target, probabilities }: ClassOutcomes,
  known: readonly number[],
): [scores: Float32Array, positive: boolean[]] {
  return [
    Float32Array.from(known, (at) => probabilities[at * classes.length + one]!),
    known.map((at) => target[at] === one),
  ]
}

export interface ClassCurves {
  /** False against true positive rate, from (0, 0) to (1, 1). */
  roc: CurvePoint[]
  /** Recall against precision, as the threshold falls. */
  precisionRecall: CurvePoint[]
}

/** Of one class against all others, at most 400 points each. */
export function curvesOfClass(one: number, outcomes: ClassOutcomes): ClassCurves {
  const k = outcomes.classes.length
  const known = Array.from(outcomes.target.keys()).filter((at) =>
    outcomes.probabilities.subarray(at * k, (at + 1) * k).every(Number.isFinite),
  )
  const ranked = rankings(...against(one, outcomes, known))
  const { positives, negatives, steps } = ranked
  return {
    roc: thinned([
      { x: 0, y: 0, threshold: null },
      ...steps.map(({ truePositives, falsePositives, threshold }) => ({
        x: share(falsePositives, negatives),
        y: share(truePositives, positives),
        threshold,
      })),
    ]),
    precisionRecall: thinned(
      steps.map(({ truePositives, falsePositives, threshold }) => ({
        x: share(truePositives, positives),
        y: truePositives / (truePositives + falsePositives),
        threshold,
      })),
    ),
  }
}
