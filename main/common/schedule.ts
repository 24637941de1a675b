/**
 * Learning-rate schedules: pure functions of the step, with PyTorch's formulas. A step is whatever `apply` is
 * called with, usually updates made so far (0 before the first); lengths are in the same unit.
 */

/** What a schedule sets: `lr`, from the `baseLr` that a group was made with. */
export interface Scheduled {
  readonly groups: readonly { lr: number; readonly baseLr: number }[]
}

export class Schedule {
  /** The learning rate of step `step` for a group whose base is `base`. */
  readonly at: (step: number, base: number) => number
  constructor(at: (step: number, base: number) => number) {
    this.at = at
  }
  /** Sets the learning rate of every group for `step`; call it before that step's update. */
  apply(optimizer: Scheduled, step: number): void {
    for (const group of optimizer.groups) group.lr = this.at(step, group.baseLr)
  }
}

function positive(where: string, name: string, value: number): number {
  if (!(value > 0)) throw new RangeError(`[${where}] ${name} must be positive, got ${value}`)
  return value
}
const half = (share: number): number => (1 + Math.cos(Math.PI * share)) / 2

/** The base, times `factor`. */
export function constant(options: { factor?: number } = {}): Schedule {
  const { factor = 1 } = options
  return new Schedule((_, base) => base * factor)
}

/** Times `gamma` every `size` steps (StepLR), or at each of `milestones` (MultiStepLR). */
export function step(
  options: { size: number; gamma?: number } | { milestones: readonly number[]; gamma?: number },
): Schedule {
  const { gamma = 0.1 } = options
  if ('milestones' in options) {
    const { milestones } = options
    return new Schedule((at, base) => base * gamma ** milestones.filter((m) => m <= at).length)
  }
  const size = positive('step', 'size', options.size)
  return new Schedule((at, base) => base * gamma ** Math.floor(at / size))
}

/** Times `gamma` every step (ExponentialLR). */
export function exponential(options: { gamma: number }): Schedule {
  return new Schedule((at, base) => base * options.gamma ** at)
}

/**
 * From the base to `min` along half a cosine (Loshchilov and Hutter 2017) over `steps`, and at `min` from then
 * on. With `restarts` it begins anew instead, each time `stretch` times as long (CosineAnnealingWarmRestarts).
 */
export function cosine(options: {
  steps: number
  min?: number
  restarts?: boolean
  stretch?: number
}): Schedule {
  const { min = 0, restarts = false, stretch = 1 } = options
  const steps = positive('cosine', 'steps', options.steps)
  if (!(stretch >= 1)) throw new RangeError(`[cosine] stretch must be at least 1, got ${stretch}`)
  const share = (at: number): number => {
    if (!restarts) return Math.min(at / steps, 1)
    let length = steps
    let rest = at
    if (stretch === 1) rest = at % steps
    else for (; rest >= length; length *= stretch) rest -= length
    return rest / length
  }
  return new Schedule((at, base) => min + (base - min) * half(share(at)))
}

/** To `end` times the base over `steps` along (1 - step / steps) ^ power, and there from then on. */
export function polynomial(options: { steps: number; power?: number; end?: number }): Schedule {
  const { power = 1, end = 0 } = options
  const steps = positive('polynomial', 'steps', options.steps)
  return new Schedule((at, base) => base * (end + (1 - end) * (1 - Math.min(at / steps, 1)) ** power))
}

/**
 * One cycle (Smith and Topin 2018) over `steps`: up from base / divFactor to the base, which is the highest, in
 * the first `warm` part, then down to base / divFactor / finalDivFactor, both along a cosine or a line.
 */
export function oneCycle(options: {
  steps: number
  warm?: number
  divFactor?: number
  finalDivFactor?: number
  anneal?: 'cosine' | 'linear'
}): Schedule {
  const { warm = 0.3, divFactor = 25, finalDivFactor = 1e4, anneal = 'cosine' } = options
  const steps = positive('oneCycle', 'steps', options.steps)
  if (!(warm >= 0 && warm <= 1)) throw new RangeError(`[oneCycle] warm must be in 0..1, got ${warm}`)
  const between = (from: number, to: number, share: number): number =>
    anneal === 'linear' ? from + (to - from) * share : to + (from - to) * half(share)
  const top = warm * steps - 1
  return new Schedule((at, base) => {
    const first = base / divFactor
    if (at <= top) return between(first, base, top > 0 ? at / top : 1)
    const share = steps - 1 > top ? Math.min((at - top) / (steps - 1 - top), 1) : 1
    return between(base, first / finalDivFactor, share)
  })
}

/**
 * A line from `start` times the base up to the base over `steps`, then `after`, which counts from 0 there
 * (LinearLR followed by another in SequentialLR).
 */
export function warmup(options: { steps: number; start?: number; after?: Schedule }): Schedule {
  const { start = 0, after = constant() } = options
  const steps = positive('warmup', 'steps', options.steps)
  return new Schedule((at, base) =>
    at < steps ? base * (start + ((1 - start) * at) / steps) : after.at(at - steps, base),
  )
}

export interface PlateauOptions {
  /** Whether a lower or a higher metric is better. */
  mode?: 'min' | 'max'
  factor?: number
  /** Observations without an improvement that are borne. */
  patience?: number
  /** How much better counts: a part of the best, or with `absolute` a difference. */
  threshold?: number
  absolute?: boolean
  /** Observations after a reduction in which none is counted as bad. */
  cooldown?: number
  minLr?: number
  /** A change of lr smaller than this is left out. */
  eps?: number
}
export interface PlateauState {
  best: number
  bad: number
  cooling: number
}

/** Lowers the learning rate when a metric stops improving (ReduceLROnPlateau). Has a state: export it to resume. */
export class Plateau {
  readonly #options: Required<PlateauOptions>
  #state: PlateauState
  constructor(options: PlateauOptions = {}) {
    const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
    this.#options = {
      mode: 'min',
      factor: 0.1,
      patience: 10,
      threshold: 1e-4,
      absolute: false,
      cooldown: 0,
      minLr: 0,
      eps: 1e-8,
      ...given,
    }
    const { factor, mode } = this.#options
    if (!(factor < 1)) throw new RangeError(`[plateau] factor must be below 1, got ${factor}`)
    this.#state = { best: mode === 'min' ? Infinity : -Infinity, bad: 0, cooling: 0 }
  }
  /** Hears a metric, for example an epoch's validation loss, and lowers every group's lr when it is time. */
  apply(optimizer: Scheduled, metric: number): void {
    const { factor, patience, cooldown, minLr, eps } = this.#options
    const state = this.#state
    if (this.#improves(metric)) {
      state.best = metric
      state.bad = 0
    } else state.bad++
    if (state.cooling > 0) {
      state.cooling--
      state.bad = 0
    }
    if (state.bad <= patience) return
    for (const group of optimizer.groups) {
      const lowered = Math.max(group.lr * factor, minLr)
      if (group.lr - lowered > eps) group.lr = lowered
    }
    state.cooling = cooldown
    state.bad = 0
  }
  #improves(metric: number): boolean {
    const { mode, threshold, absolute } = this.#options
    const { best } = this.#state
    if (mode === 'min') return metric < (absolute ? best - threshold : best * (1 - threshold))
    return metric > (absolute ? best + threshold : best * (1 + threshold))
  }
  state(): PlateauState {
    return { ...this.#state }
  }
  loadState(state: PlateauState): void {
    this.#state = { ...state }
  }
}

export function plateau(options?: PlateauOptions): Plateau {
  return new Plateau(options)
}
