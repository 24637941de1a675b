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
  type Squash,
} from '../../common/health/figures.ts'
import {
  noGrad,
  sampleLength,
  sampleStatistics,
  scope,
  type optim,
  type SampleStatistics,
  type Tensor,
} from '../../engine/index.ts'
import type { Model, Watcher } from '../model.ts'
import { probedLayers, type Probed } from './layers.ts'
import { histogramOf, momentsOf } from './moments.ts'
import { ownPlaces } from './padding.ts'
import { distanceFor, sampleSize } from './sample.ts'
import { due } from './schedule.ts'
import { Units, type Silence } from './units.ts'

export interface ProbeSettings {
  /** Steps between two probes; 0 for none. */
  every: number
  /** After the beginning of a run both distances are so many times longer; see schedule.ts. */
  factor: number
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
  /** Of its weights, as they were before the update; then how much they changed. */
  sample: Float32Array
  units: Units | null
}

/** Beyond this share of its bound an output counts as saturated: there tanh passes less than 6 % of a gradient. */
const bound = 0.97

/** Outside of these an output is saturated. sigmoid(x) = (1 + tanh(x / 2)) / 2: the same share of its bounds 0 and 1. */
const bounds: Partial<Record<Squash, { low: number; high: number }>> = {
  tanh: { low: -bound, high: bound },
  sigmoid: { low: (1 - bound) / 2, high: (1 + bound) / 2 },
}

export class Prober {
  readonly layers: readonly ProbedLayer[]
  settings: ProbeSettings
  readonly #watched: readonly Watched[]
  readonly #byStep: ReadonlyMap<string, Watched>
  /** What values are read into that are not needed later. */
  #scratch = new Float32Array(2 * sampleSize)
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
      sample: new Float32Array(0),
      units: probed.layer.squash === 'rectifier' ? new Units() : null,
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
    const { every, histogramsEvery, factor } = this.settings
    if (!this.#wanted && !due(step, every, factor)) {
      this.#now = null
      return false
    }
    const histograms = this.#wanted || due(step, histogramsEvery, factor)
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

  readonly #observe: Watcher = ({ id }, results, extents) => {
    const watched = this.#byStep.get(id)
    const [result] = Object.values(results)
    if (!this.#now || !watched || !result || result.numel === 0) return
    const { most } = this.#now
    const { shape, unitAxis, units, layer } = watched
    scope(() =>
      noGrad(() => {
        // Of units every place counts; of values, a sample from as many places as there are values in a sample of rows.
        const places = units ? Infinity : most / 8
        const own = ownPlaces(result, shape, extents, unitAxis, places)
        const looked = own?.packed ?? result
        const distance = distanceFor(looked.numel, most, looked.shape)
        const statistics = this.#read(
          watched,
          'activations',
          [looked],
          distance,
          layer.squash ? bounds[layer.squash] : undefined,
        )
        // Elsewhere norms are of all values; this one is estimated from the sample.
        const { count, sumOfSquares } = statistics
        const total = own?.total ?? result.numel
        this.#set(watched, 'activations.norm', Math.sqrt((sumOfSquares * total) / Math.max(1, count)))
        if (layer.squash && bounds[layer.squash])
          this.#set(watched, 'saturated', statistics.beyond / Math.max(1, count + statistics.notFinite))
        const dead = units?.look(looked, own ? own.axis : unitAxis)
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
      const length = lengthOf(watched.weights, distance)
      if (watched.sample.length !== length) watched.sample = new Float32Array(length)
      this.#measure(
        watched,
        'weights',
        watched.sample,
        sampleStatistics(watched.weights, distance, watched.sample),
      )
      const graded = watched.weights.flatMap(({ grad }) => grad ?? [])
      if (graded.length > 0) this.#read(watched, 'gradients', graded, distance)
    }
  }

  /** After the update, with what it measured on its way over all values. */
  afterUpdate(stats: optim.StepStats, epoch: number, seconds: number): void {
    const now = this.#now
    if (!now) return
    for (const watched of this.#watched) {
      if (watched.weights.length === 0) continue
      const { sample } = watched
      const changed = sampleStatistics(watched.weights, this.#distance(watched), sample, { difference: true })
      this.#measure(watched, 'updates', sample, changed)
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

  /** What the next probe builds on; see run/state.ts. */
  state(): Map<string, Silence> {
    return new Map(this.#watched.flatMap(({ layer, units }) => (units ? [[layer.nodeId, units.state]] : [])))
  }

  restore(state: ReadonlyMap<string, Silence>): void {
    for (const [nodeId, silence] of state) this.#byStep.get(nodeId)?.units?.restore(silence)
  }

  #distance({ layer, sizes }: Watched): number {
    return distanceFor(layer.weights, this.#now?.most ?? sampleSize, sizes)
  }

  #read(
    watched: Watched,
    part: Part,
    tensors: readonly Tensor[],
    distance: number,
    limits?: { low: number; high: number },
  ): SampleStatistics {
    const length = lengthOf(tensors, distance)
    if (this.#scratch.length < length) this.#scratch = new Float32Array(length)
    const sample = this.#scratch.subarray(0, length)
    const statistics = sampleStatistics(tensors, distance, sample, limits)
    this.#measure(watched, part, sample, statistics)
    return statistics
  }

  #measure(watched: Watched, part: Part, sample: Float32Array, statistics: SampleStatistics): void {
    const { mean, spread, zeros } = momentsOf(statistics)
    this.#set(watched, `${part}.mean`, mean)
    this.#set(watched, `${part}.spread`, spread)
    this.#set(watched, `${part}.zeros`, zeros)
    this.#set(watched, `${part}.notFinite`, statistics.notFinite)
    if (!this.#now?.histograms) return
    const histogram = histogramOf(sample, this.#now.step, statistics)
    this.#now.probe.histograms.push({ nodeId: watched.layer.nodeId, part, histogram })
  }

  #set(watched: Watched, figure: Figure, value: number): void {
    const at = watched.index * figures.length + (figureIndex.get(figure) ?? 0)
    if (this.#now) this.#now.probe.figures[at] = value
  }
}

const lengthOf = (tensors: readonly Tensor[], distance: number): number =>
  tensors.reduce((sum, { numel }) => sum + sampleLength(numel, distance), 0)

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
