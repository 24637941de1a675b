/** What a model costs: arithmetic and memory, summed over the written-out document at sizes of the data. */
import { evaluate, multiply, type Dim } from './dims.ts'
import { sampleShape, type DataShape } from './layer.ts'
import type { TrainConfig } from './training.ts'
import type { Analysis } from './shapes.ts'

export interface TotalCost {
  /** Floating-point operations of the forward pass for one sample; null while a size is unknown. */
  flops: number | null
  /** Bytes kept for backward, for one sample; every tensor counted once, whoever keeps it. */
  savedBytes: number | null
}

/** Sizes of the symbols: as in the middle of the data, or at most. */
export const symbolSizes = (data: DataShape, which: 'typical' | 'largest'): Record<string, number> =>
  Object.fromEntries(Object.entries(data.sizes).map(([name, size]) => [name, size[which]]))

export function totalCost(
  analysis: Analysis,
  data: DataShape,
  which: 'typical' | 'largest' = 'typical',
): TotalCost {
  const sizes = symbolSizes(data, which)
  let flops: number | null = 0
  for (const [id, { cost }] of analysis.flatNodes)
    if (analysis.used.has(id)) flops = sum(flops, cost && evaluate(cost.flops, sizes))
  return { flops, savedBytes: savedBytes(analysis, sizes) }
}

/** Tensors by where they were made: a view's output is its input's memory. */
class Tensors {
  readonly #sources = new Map<string, string>()
  readonly #analysis: Analysis

  constructor(analysis: Analysis) {
    this.#analysis = analysis
    for (const { from, to } of analysis.flat.wires)
      this.#sources.set(`${to.node}:${to.port}`, `${from.node}:${from.port}`)
  }

  /** The tensor at an output port. */
  made(id: string, port: string): string {
    let [node, at] = [id, `${id}:${port}`]
    for (let hops = 0; hops < 1000; hops++) {
      const below = this.#analysis.flatNodes.get(node)?.layer?.view
        ? this.#sources.get(`${node}:input`)
        : undefined
      if (below === undefined) return at
      at = below
      node = below.slice(0, below.lastIndexOf(':'))
    }
    return at
  }

  /** How many values a tensor has for one sample. */
  values(key: string): Dim {
    const cut = key.lastIndexOf(':')
    return values(this.#analysis.flatNodes.get(key.slice(0, cut))?.outputs[key.slice(cut + 1)])
  }

  /** The tensor that arrives at an input port; null where none does. */
  read(id: string, port: string): string | null {
    const source = this.#sources.get(`${id}:${port}`)
    if (source === undefined) return null
    const cut = source.lastIndexOf(':')
    return this.made(source.slice(0, cut), source.slice(cut + 1))
  }
}

/** What each step keeps for backward: tensors with their values for one sample, and bytes beside them. */
function keptBy(
  { order, flatNodes, used }: Analysis,
  tensors: Tensors,
): { id: string; kept: Map<string, Dim>; extraBytes: Dim; backwardBytes: Dim }[] | null {
  const steps = []
  for (const id of order) {
    // What leads nowhere does not run.
    if (!used.has(id)) continue
    const node = flatNodes.get(id)
    if (!node?.cost) return null
    const kept = new Map<string, Dim>()
    const keep = (key: string | null): void => {
      // By where it was made: a part of a tensor keeps all of it.
      if (key !== null) kept.set(key, tensors.values(key))
    }
    for (const port of node.cost.keeps.outputs) keep(tensors.made(id, port))
    for (const port of node.cost.keeps.inputs) keep(tensors.read(id, port))
    steps.push({ id, kept, extraBytes: node.cost.extraBytes, backwardBytes: node.cost.backwardBytes ?? 0 })
  }
  return steps
}

function savedBytes(analysis: Analysis, sizes: Readonly<Record<string, number>>): number | null {
  const steps = keptBy(analysis, new Tensors(analysis))
  if (!steps) return null
  const all = new Map<string, Dim>()
  let total: number | null = 0
  for (const { kept, extraBytes } of steps) {
    total = sum(total, evaluate(extraBytes, sizes))
    for (const [key, count] of kept) all.set(key, count)
  }
  for (const count of all.values()) total = sum(total, evaluate(multiply(4, count), sizes))
  return total
}

/** What the engine sets aside for a tensor: 64 bytes, or powers of two split in four (native/src/core/memory.cpp). */
function blockOf(bytes: number): number {
  if (!(bytes > 0)) return bytes
  if (bytes <= 64) return 64
  const step = 2 ** Math.floor(Math.log2(bytes)) / 4
  return Math.ceil(bytes / step) * step
}

/** Numbers that an optimizer keeps for each weight, beside the weight and its gradient. */
const optimizerStates = ({ optimizer, momentum }: Pick<TrainConfig, 'optimizer' | 'momentum'>): number =>
  optimizer === 'adam' ? 2 : momentum > 0 ? 1 : 0

/**
 * Most bytes held during a training step in float32, worked out by walking through it: results wait for their last
 * reader, backward frees what it has used.
 * @param sizes of the data's symbols: see `symbolSizes`
 * @returns null while a size is unknown
 */
export function trainingMemory(
  analysis: Analysis,
  config: Pick<TrainConfig, 'optimizer' | 'momentum' | 'batchSize'>,
  sizes: Readonly<Record<string, number>>,
): number | null {
  const tensors = new Tensors(analysis)
  const steps = keptBy(analysis, tensors)
  if (!steps) return null
  const bytesOf = (dim: Dim): number => (evaluate(dim, sizes) ?? NaN) * config.batchSize
  const states = 2 + optimizerStates(config)
  const fixed = 4 * (analysis.parameters * states + buffers(analysis))

  const reads = steps.map(({ id }) => {
    const node = analysis.flatNodes.get(id)
    return Object.keys(node?.inputs ?? {}).flatMap((port) => tensors.read(id, port) ?? [])
  })
  const results = steps.map(({ id }) => {
    const node = analysis.flatNodes.get(id)
    return Object.keys(node?.outputs ?? {}).map((port) => {
      const key = tensors.made(id, port)
      return [key, blockOf(4 * bytesOf(tensors.values(key)))] as const
    })
  })
  const size = new Map(results.flat())
  const lastRead = new Map<string, number>()
  reads.forEach((keys, step) => keys.forEach((key) => lastRead.set(key, step)))
  const holders = new Map<string, number>()
  for (const { kept } of steps) for (const key of kept.keys()) holders.set(key, (holders.get(key) ?? 0) + 1)

  let peak = 0
  let extra = 0
  const live = new Held()
  const free = (key: string, step: number): void => {
    if ((lastRead.get(key) ?? step) <= step && !holders.has(key)) live.delete(key)
  }
  steps.forEach(({ extraBytes }, step) => {
    for (const [key, bytes] of results[step] ?? []) live.add(key, bytes)
    extra += blockOf(bytesOf(extraBytes))
    peak = Math.max(peak, live.bytes + extra)
    for (const key of reads[step] ?? []) free(key, step)
  })
  // No gradient flows to what no weight had a part in, such as the batch itself.
  const wanted = new Set<string>()
  steps.forEach(({ id }, step) => {
    const flows =
      (reads[step] ?? []).some((key) => wanted.has(key)) || (analysis.flatNodes.get(id)?.weights ?? 0) > 0
    if (flows) for (const [key] of results[step] ?? []) wanted.add(key)
  })
  const gradients = new Held()
  for (let step = steps.length - 1; step >= 0; step--) {
    const { id, kept, extraBytes, backwardBytes } = steps[step] as (typeof steps)[number]
    for (const key of reads[step] ?? []) if (wanted.has(key)) gradients.add(key, size.get(key) ?? 0)
    peak = Math.max(peak, live.bytes + gradients.bytes + extra + blockOf(bytesOf(backwardBytes)))
    // A view hands its gradient on: that goes where the tensor was made.
    for (const [key] of results[step] ?? []) if (key.startsWith(`${id}:`)) gradients.delete(key)
    extra -= blockOf(bytesOf(extraBytes))
    for (const key of kept.keys()) {
      const left = (holders.get(key) ?? 1) - 1
      holders.set(key, left)
      if (left === 0) live.delete(key)
    }
  }
  const bytes = fixed + peak
  return Number.isFinite(bytes) ? bytes : null
}

/** Tensors held at a time, with their sum kept as they come and go: documents may have thousands of layers. */
class Held {
  readonly #sizes = new Map<string, number>()
  bytes = 0

  add(key: string, bytes: number): void {
    if (this.#sizes.has(key)) return
    this.#sizes.set(key, bytes)
    this.bytes += bytes
  }

  delete(key: string): void {
    this.bytes -= this.#sizes.get(key) ?? 0
    this.#sizes.delete(key)
  }
}

/** Values that are stored and not trained. */
function buffers({ flatNodes, used }: Analysis): number {
  let count = 0
  for (const [id, { layer, inputs, parameters, cost }] of flatNodes)
    if (layer && cost && used.has(id))
      for (const { buffer, shape } of layer.weights(inputs, parameters))
        if (buffer) count += shape.reduce((a, b) => a * b, 1)
  return count
}

const values = (shape: readonly Dim[] | undefined): Dim => multiply(...sampleShape(shape ?? []))

const sum = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b)
