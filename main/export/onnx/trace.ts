/**
 * A plan as a graph of ONNX: every layer's own forward is run over tensors without numbers, which write down what is done
 * with them. So a layer needs no second form, and what holds for the engine's lengths and masks holds here.
 */
import {
  evaluate,
  formatDim,
  formatShape,
  isSymbolic,
  sameShape,
  symbol,
  type Dim,
} from '../../common/dims.ts'
import type { Dataset } from '../../common/data/dataset.ts'
import type { ModelDocument } from '../../common/document.ts'
import { UserError } from '../../common/errors.ts'
import type { Content, Task } from '../../common/layer.ts'
import { planOf, type Plan, type Step } from '../../common/plan.ts'
import { analyse } from '../../common/shapes.ts'
import { checkedAnalysis, dataShape } from '../../common/trainable.ts'
import { Graph, type GraphNode } from './graph.ts'
import { tracedOps } from './ops.ts'
import { NotInOnnx } from './refusal.ts'
import type { Traced } from './traced.ts'

/** The symbol whose size differs within a batch. */
const steps = 'T'

export interface TracedModel {
  graph: Graph
  /** Nodes that the output needs, in running order. */
  nodes: readonly GraphNode[]
  inputs: readonly Traced[]
  output: Traced
  /** What layers give each other: their shapes are told. */
  wires: readonly Traced[]
  /** Of sizes that vary, the smallest that leaves something of every layer, by symbol; where that is more than 1. */
  smallest: Readonly<Record<string, number>>
}

/** What is traced, beside the plan. */
export interface Subject {
  content: Content
  task: Task
  /** Whether the samples of a batch may end before it does: then their lengths are an input. */
  ragged: boolean
}

/** A document on its data. @throws UserError `export/onnx`, `model/problems`, `model/nothing-to-train` */
export function traceDocument(document: ModelDocument, dataset: Dataset): TracedModel {
  const { content, task, sampleShape } = dataset
  const plan = planOf(checkedAnalysis(document, dataset))
  return anyLength(document, dataset) ?? trace(plan, { content, task, ragged: sampleShape.includes(steps) })
}

/** A language model trains on blocks of one length and reads texts of any, up to that; null where it cannot. */
function anyLength(document: ModelDocument, dataset: Dataset): TracedModel | null {
  const { content, task, sampleShape } = dataset
  const [length] = sampleShape
  if (task !== 'next-token' || typeof length !== 'number') return null
  const size = { typical: length, largest: length }
  const data = { ...dataShape(dataset), sample: [symbol(steps)], sizes: { [steps]: size } }
  const analysis = analyse(document, data)
  return analysis.problems.length > 0 ? null : trace(planOf(analysis), { content, task, ragged: false })
}

/** @throws UserError `export/onnx` naming the layer that cannot be written, and why */
export function trace(plan: Plan, { content, task, ragged }: Subject): TracedModel {
  const graph = new Graph()
  const ops = tracedOps(graph)
  const entry = plan.steps.find(({ id }) => id === plan.input)
  const given = graph.input(
    'input',
    entry?.outputs['output'] ?? [],
    content === 'tokens' ? 'int64' : 'float32',
  )
  const ends = ragged ? new Lengths(graph) : null
  const weights = new Map(
    [...plan.weights].map(([key, { shape }]) => {
      const count = shape.reduce((product, size) => product * size, 1)
      return [key, graph.weight(key, shape, [{ key, from: 0, to: count }])]
    }),
  )
  const results = new Map<string, Readonly<Record<string, Traced>>>()
  let last = given
  for (const step of plan.steps) {
    graph.scope = step.id
    const inputs: Record<string, Traced> = step.id === plan.input ? { input: given } : {}
    for (const [port, from] of Object.entries(step.inputs)) {
      const value = results.get(from.step)?.[from.port]
      if (!value) throw new Error(`[onnx] ${step.id} runs before ${from.step}, which feeds it`)
      inputs[port] = value
    }
    const made = named(step, () =>
      step.layer.forward<Traced>({
        ops,
        inputs,
        weights: Object.fromEntries(
          Object.entries(step.weights).map(([name, key]) => [name, weights.get(key) as Traced]),
        ),
        parameters: step.parameters,
        training: false,
        lengths: (port, axis) => ends?.along(step.shapes[port]?.[axis]) ?? null,
      }),
    )
    for (const [port, shape] of Object.entries(step.outputs)) {
      const dims = made[port]?.dims
      if (!dims || !sameShape(dims, shape))
        throw new Error(`[onnx] ${step.id}.${port} is ${formatShape(dims ?? [])}, not ${formatShape(shape)}`)
    }
    results.set(step.id, made)
    if (step.id === plan.output) last = made['output'] ?? last
  }
  graph.scope = plan.output
  // An input or a weight is no result: something must stand between.
  const isResult = graph.nodes.some(({ outputs }) => outputs.includes(last))
  const output = isResult ? last : graph.one('Identity', [last], {}, last.dims, last.dtype)
  output.name = task === 'regress' ? 'prediction' : 'logits'
  const { nodes, read } = needed(graph, output)
  const made = new Set(nodes.flatMap(({ outputs }) => outputs))
  const wires = new Set([...results.values()].flatMap((ports) => Object.values(ports)))
  return {
    graph,
    nodes,
    inputs: graph.inputs.filter((input) => input === given || read.has(input)),
    output,
    wires: [...wires].filter((wire) => made.has(wire) && wire !== output),
    smallest: smallestSizes(plan),
  }
}

/** Larger ones are asked of no sample: a model that needs them fits none. */
const mostLooked = 4096

function smallestSizes({ steps: all }: Plan): Record<string, number> {
  const dims = all.flatMap(({ outputs }) => Object.values(outputs).flat()).filter(isSymbolic)
  const found: Record<string, number> = {}
  for (const name of new Set(dims.flatMap(symbolsOf))) {
    const own = dims.filter((dim) => symbolsOf(dim).every((one) => one === name))
    let size = 1
    while (size < mostLooked && own.some((dim) => (evaluate(dim, { [name]: size }) ?? 1) < 1)) size++
    if (size > 1) found[name] = size
  }
  return found
}

function named<T>({ id, title }: Step, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof NotInOnnx)) throw error
    throw new UserError({
      code: 'export/onnx',
      what: `“${title}” (${id}) cannot be written in ONNX: ${error.message}.`,
      mend: 'Replace the layer, or export a PyTorch project.',
    })
  }
}

/** What leads to the output. */
function needed(graph: Graph, output: Traced): { nodes: GraphNode[]; read: ReadonlySet<Traced> } {
  const read = new Set([output])
  const nodes = graph.nodes
    .toReversed()
    .filter(({ outputs, inputs }) => {
      if (!outputs.some((one) => read.has(one))) return false
      for (const input of inputs) if (input) read.add(input)
      return true
    })
    .toReversed()
  return { nodes, read }
}

/** Lengths of a batch's samples along an axis, from their lengths at the Input; one tensor for one size. */
class Lengths {
  readonly #graph: Graph
  readonly #made = new Map<string, Traced | null>()

  constructor(graph: Graph) {
    this.#graph = graph
    this.#made.set(steps, graph.input('lengths', [{ op: 'symbol', name: 'B' }], 'int64'))
  }

  along(dim: Dim | undefined): Traced | null {
    if (dim === undefined || !isSymbolic(dim)) return null
    const key = formatDim(dim)
    const known = this.#made.get(key)
    if (known !== undefined) return known
    const own = this.#made.get(steps) as Traced
    const made = symbolsOf(dim).every((name) => name === steps) ? this.#graph.reckon(dim, () => own) : null
    this.#made.set(key, made)
    return made
  }
}

function symbolsOf(dim: Dim): string[] {
  if (!isSymbolic(dim)) return []
  if (dim.op === 'symbol') return [dim.name]
  return (dim.op === 'add' ? dim.terms : dim.op === 'multiply' ? dim.factors : [dim.value]).flatMap(symbolsOf)
}
