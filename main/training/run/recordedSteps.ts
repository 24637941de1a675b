/**
 * Steps whose shapes repeat, given to a device as one piece: giving it their ops one by one takes longer than a small
 * network's whole step. The numbers are those of the same ops.
 */
import {
  cat,
  keep,
  Later,
  rngState,
  scope,
  StepGraph,
  type RngState,
  type Tensor,
} from '../../engine/index.ts'
import type { Batch } from '../batches.ts'
import type { Score } from '../objective.ts'
import type { Trainee } from './trainee.ts'

/** Steps of a shape that are made op by op first: plans are chosen then, and memory is found. */
const before = 2
/**
 * Errors that leave a step to be made op by op: some op has to know a value, or there is no memory for what a recorded step
 * keeps beside what the others share.
 */
const without: ReadonlySet<unknown> = new Set(['TAPE_DEVICE', 'TAPE_MEMORY'])
/** Shapes whose steps are kept, and shapes that are counted. */
const most = { graphs: 16, shapes: 512 }

interface Recorded {
  graph: StepGraph
  inputs: Tensor
  targets: Tensor
  /** float64: the loss, what the objective counts, the gradients' norm, whether the update was skipped. */
  figures: Tensor
}

/** A step that was given to the device, and that nobody has waited for. */
export interface Given {
  figures: Later
  size: number
  /** The generator's state before it. */
  generator: RngState
}

export interface RecordedScore extends Score {
  /** Of all gradients together, before clipping. */
  norm: number
  /** No update was made: loss or gradients are not finite. */
  skipped: boolean
}

export class RecordedSteps {
  readonly #trainee: Trainee
  /** By shapes, the last used last. */
  readonly #graphs = new Map<string, Recorded>()
  /** How many steps of a shape there were; Infinity where they cannot be recorded. */
  readonly #seen = new Map<string, number>()

  constructor(trainee: Trainee) {
    this.#trainee = trainee
  }

  /** Whether the device records steps at all. */
  get possible(): boolean {
    return this.#trainee.device !== 'cpu'
  }

  /**
   * Gives the device the step of a batch if it can be made as one piece, else null: on the processor, at a shape's first
   * steps, and where sizes vary within a batch or images are mixed. The learning rate is the optimizer's. After a step
   * whose loss or gradients are not finite, those given meanwhile change nothing that `StepStart` or `read` does not take
   * back.
   */
  step(batch: Batch): Given | null {
    const { inputs, targets, extents, mixed, size } = batch
    if (!this.possible || mixed || Object.keys(extents).length > 0) return null
    const shapes = `${inputs.dtype} ${inputs.shape.join('x')}, ${targets.shape.join('x')}`
    const recorded = this.#graphs.get(shapes) ?? this.#record(shapes, batch)
    if (!recorded) return null
    this.#graphs.delete(shapes)
    this.#graphs.set(shapes, recorded)
    recorded.inputs.copy_(inputs)
    recorded.targets.copy_(targets)
    const generator = rngState()
    recorded.graph.replay()
    return { figures: new Later(recorded.figures), size, generator }
  }

  /** What became of the oldest step that was not read yet; waits for it. */
  read({ figures, size, generator }: Given): RecordedScore {
    const { objective, optimizer, start } = this.#trainee
    const [loss = NaN, ...counts] = scope(() => figures.take().toTypedArray() as Float64Array)
    const skipped = counts.pop() !== 0
    const norm = counts.pop() ?? NaN
    start.generator = generator
    // Takes the steps that were not made back: this one, and those given since.
    if (skipped) optimizer.outcome()
    return { ...objective.score(loss, counts, size), norm, skipped }
  }

  /** What was recorded follows a configuration that has changed. */
  clear(): void {
    for (const shapes of [...this.#graphs.keys()]) this.#drop(shapes)
    this.#seen.clear()
  }

  #record(shapes: string, { inputs, targets }: Batch): Recorded | null {
    const seen = this.#seen.get(shapes) ?? 0
    if (seen < before || seen === Infinity) {
      if (this.#seen.size >= most.shapes) this.#seen.clear()
      this.#seen.set(shapes, seen + 1)
      return null
    }
    // First: where there is no memory for them, no graph is left that nobody disposes of.
    const kept = scope(() => [keep(inputs.detach().clone()), keep(targets.clone())] as const)
    const graph = new StepGraph(this.#trainee.device)
    try {
      const figures = graph.record(() => this.#ops(...kept))
      const recorded = { graph, inputs: kept[0], targets: kept[1], figures }
      this.#graphs.set(shapes, recorded)
      const [oldest] = this.#graphs.keys()
      if (this.#graphs.size > most.graphs && oldest !== undefined) this.#drop(oldest)
      return recorded
    } catch (error) {
      for (const one of kept) one.dispose()
      graph.dispose()
      if (!(error instanceof Error && 'code' in error && without.has(error.code))) throw error
      this.#seen.set(shapes, Infinity)
      return null
    }
  }

  /** Everything that a step does, without waiting for any of it. */
  #ops(inputs: Tensor, targets: Tensor): Tensor {
    const { model, objective, optimizer, confusion, start, config } = this.#trainee
    return scope(() => {
      // Steps after one that is not finite leave the start of that one.
      start.markBuffers(optimizer.deviceOutcome.narrow(0, 1, 1).gt(0).reshape([]))
      const { output, loss } = this.#trainee.precise(() => {
        const output = model.forward(inputs, true)
        return { output, loss: objective.loss(output, targets) }
      })
      optimizer.zeroGrad()
      loss.backward()
      const { clipNorm, clipValue } = config
      optimizer.step({
        maxNorm: clipNorm ?? Infinity,
        maxValue: clipValue ?? Infinity,
        skipNonFinite: true,
        witness: loss,
        later: true,
      })
      const counts = objective.counts(output, targets, confusion.train)
      const figures = [loss.detach(), ...counts].map((one) => one.to('float64').reshape([1]))
      return keep(cat([...figures, optimizer.deviceOutcome]))
    })
  }

  #drop(shapes: string): void {
    const recorded = this.#graphs.get(shapes)
    if (!recorded) return
    this.#graphs.delete(shapes)
    const { graph, inputs, targets, figures } = recorded
    for (const one of [inputs, targets, figures]) one.dispose()
    graph.dispose()
  }

  dispose(): void {
    this.clear()
  }
}
