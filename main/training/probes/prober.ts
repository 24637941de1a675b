/**
 * Measures every layer of a model on some steps: weights, gradients, updates and activations. It only reads, so a run
 * is the same whether it is probed or not.
 */
import {
  figureIndex,
  figures,
  type Figure,
  type Histogram,
  type Part,
  type ProbedLayer,
} from '../../common/health/figures.ts'
import { noGrad, scope, type optim, type Tensor } from '../../engine/index.ts'
import type { Model, Watcher } from '../model.ts'
import { probedLayers, type Probed } from './layers.ts'
import { histogramOf, momentsOf, shareBeyond, type Moments } from './moments.ts'
import { distanceFor, Sample, sampleSize } from './sample.ts'
import { due } from './schedule.ts'
import { Units } from './units.ts'

export interface ProbeSettings {
  /** Steps between two probes; 0 for none. */
  every: number
  /** Steps between two sets of histograms; 0 for none. Taken with a probe only. */
  histogramsEvery: number
}

/** What one probe measured, as it crosses to the main thread. */
export interface Probe {
  step: number
  epoch: number
  seconds: number
  /** `figures.length` for each layer; NaN where there is nothing to say. */
  figures: Float32Array
  histograms: { nodeId: string; part: Part; histogram: Histogram }[]
}

interface Watched extends Probed {
  index: number
  /** Where its weights stand in the statistics of an update. */
  positions: readonly number[]
  sizes: readonly number[]
  before: Float32Array
  units: Units | null
}

/** Beyond this share of its bound an output counts as saturated: there tanh passes less than 6 % of a gradient. */
const bound = 0.97

export class Prober {
  readonly layers: readonly ProbedLayer[]
  settings: ProbeSettings
  readonly #watched: readonly Watched[]
  readonly #byStep: ReadonlyMap<string, Watched>
  readonly #sample = new Sample()
  #wanted = false
  /** Of the step under way; null while it is not probed. */
  #now: { step: number; most: number; histograms: boolean; probe: Probe } | null = null
  #taken: Probe[] = []

  constructor(model: Model, optimizer: optim.Optimizer, settings: ProbeSettings) {
    const positions = new Map(optimizer.params.map((tensor, index) => [tensor, index]))
    this.settings = settings
    this.#watched = probedLayers(model).map((probed, index) => ({
      ...probed,
      index,
      positions: probed.weights.flatMap((tensor) => positions.get(tensor) ?? []),
      sizes: [...new Set(probed.weights.flatMap(({ shape }) => shape))],
      before: new Float32Array(0),
      units: probed.layer.squash === 'rectifier' ? new Units(probed.unitAxis) : null,
    }))
    this.#byStep = new Map(this.#watched.map((watched) => [watched.layer.nodeId, watched]))
    this.layers = this.#watched.map(({ layer }) => layer)
  }

  /** The next step is probed whatever the settings say, and looks at every value instead of a sample. */
  probeNext(): void {
    this.#wanted = true
  }

  /** Before a step: whether it is probed. Then its forward pass must be observed and its update measured. */
  begin(step: number): boolean {
    const { every, histogramsEvery } = this.settings
    if (!this.#wanted && !due(step, every)) {
      this.#now = null
      return false
    }
    const histograms = this.#wanted || due(step, histogramsEvery)
    const values = new Float32Array(this.#watched.length * figures.length).fill(NaN)
    this.#now = {
      step,
      most: this.#wanted ? Infinity : sampleSize,
      histograms,
      probe: { step, epoch: 0, seconds: 0, figures: values, histograms: [] },
    }
    this.#wanted = false
    return true
  }

  /** Given to the forward pass of a probed step. */
  get observer(): Watcher | undefined {
    return this.#now ? this.#observe : undefined
  }

  readonly #observe: Watcher = ({ id }, results) => {
    const watched = this.#byStep.get(id)
    const [result] = Object.values(results)
    if (!this.#now || !watched || !result || result.numel === 0) return
    const { most } = this.#now
    scope(() =>
      noGrad(() => {
        const distance = distanceFor(result.numel, most, result.shape)
        const values = this.#sample.read([result], distance)
        const moments = this.#part(watched, 'activations', values, result.numel)
        const { squash } = watched.layer
        if (squash === 'tanh') this.#set(watched, 'saturated', shareBeyond(values, -bound, bound))
        // sigmoid(x) = (1 + tanh(x / 2)) / 2: the same share of its bounds 0 and 1.
        if (squash === 'sigmoid')
          this.#set(watched, 'saturated', shareBeyond(values, (1 - bound) / 2, (1 + bound) / 2))
        this.#histogram(watched, 'activations', values, moments)
        const dead = watched.units?.look(result)
        if (typeof dead === 'number') this.#set(watched, 'dead', dead)
      }),
    )
  }

  /** After backward, before the update. */
  beforeUpdate(): void {
    if (!this.#now) return
    for (const watched of this.#watched) {
      if (watched.weights.length === 0) continue
      const distance = this.#distance(watched)
      const weights = this.#sample.read(watched.weights, distance)
      if (watched.before.length !== weights.length) watched.before = new Float32Array(weights.length)
      watched.before.set(weights)
      this.#histogram(watched, 'weights', weights, this.#part(watched, 'weights', weights, NaN))
      const graded = watched.weights.flatMap(({ grad }) => grad ?? [])
      if (graded.length === 0) continue
      const gradients = this.#sample.read(graded, distance)
      this.#histogram(watched, 'gradients', gradients, this.#part(watched, 'gradients', gradients, NaN))
    }
  }

  /** After the update, with what it measured on its way over all values. */
  afterUpdate(stats: optim.StepStats, epoch: number, seconds: number): void {
    const now = this.#now
    if (!now) return
    for (const watched of this.#watched) {
      if (watched.weights.length === 0) continue
      const updates = this.#sample.read(watched.weights, this.#distance(watched))
      for (let i = 0; i < updates.length; i++)
        updates[i] = (updates[i] as number) - (watched.before[i] as number)
      this.#histogram(watched, 'updates', updates, this.#part(watched, 'updates', updates, NaN))
      const norm = (squares: Float64Array): number =>
        Math.sqrt(watched.positions.reduce((sum, at) => sum + (squares[at] ?? 0), 0))
      const weights = norm(stats.weights)
      const update = norm(stats.updates)
      const gradient = norm(stats.gradients)
      this.#set(watched, 'weights.norm', weights)
      this.#set(watched, 'updates.norm', update)
      this.#set(watched, 'gradients.norm', gradient)
      this.#set(watched, 'updateRatio', weights > 0 ? Math.log10(update / weights) : NaN)
      this.#set(watched, 'weights.notFinite', countNotFinite(watched.weights, weights))
      this.#set(
        watched,
        'gradients.notFinite',
        countNotFinite(
          watched.weights.flatMap(({ grad }) => grad ?? []),
          gradient,
        ),
      )
    }
    this.#taken.push({ ...now.probe, epoch, seconds })
    this.#now = null
  }

  /** Probes since the last call. */
  take(): Probe[] {
    const taken = this.#taken
    if (taken.length > 0) this.#taken = []
    return taken
  }

  #distance({ layer, sizes }: Watched): number {
    return distanceFor(layer.weights, this.#now?.most ?? sampleSize, sizes)
  }

  /** @param count of all values, when the norm is to be estimated from these; NaN when it is measured elsewhere */
  #part(watched: Watched, part: Part, values: Float32Array, count: number): Moments {
    const moments = momentsOf(values)
    this.#set(watched, `${part}.mean`, moments.mean)
    this.#set(watched, `${part}.spread`, moments.spread)
    this.#set(watched, `${part}.zeros`, moments.zeros)
    this.#set(watched, `${part}.notFinite`, moments.notFinite)
    if (count > 0)
      this.#set(
        watched,
        `${part}.norm`,
        Math.sqrt((moments.sumOfSquares * count) / Math.max(1, values.length)),
      )
    return moments
  }

  #histogram(watched: Watched, part: Part, values: Float32Array, moments: Moments): void {
    if (!this.#now?.histograms) return
    const histogram = histogramOf(values, this.#now.step, moments)
    this.#now.probe.histograms.push({ nodeId: watched.layer.nodeId, part, histogram })
  }

  #set(watched: Watched, figure: Figure, value: number): void {
    const at = watched.index * figures.length + (figureIndex.get(figure) ?? 0)
    if (this.#now) this.#now.probe.figures[at] = value
  }
}

/** A finite norm says that every value is; only where it is not are the values looked at. */
function countNotFinite(tensors: readonly Tensor[], norm: number): number {
  if (Number.isFinite(norm)) return 0
  return scope(() =>
    noGrad(() =>
      tensors.reduce(
        (sum, tensor) => sum + tensor.numel - tensor.detach().isfinite().to('float32').sum().item(),
        0,
      ),
    ),
  )
}
