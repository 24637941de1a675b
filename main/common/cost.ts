/** What a model costs: arithmetic and memory, summed over the written-out document at sizes of the data. */
import { evaluate, multiply, type Dim } from './dims.ts'
import { sampleShape, type DataShape } from './layer.ts'
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
  for (const node of analysis.flatNodes.values())
    flops = sum(flops, node.cost && evaluate(node.cost.flops, sizes))
  return { flops, savedBytes: savedBytes(analysis, sizes) }
}

function savedBytes(analysis: Analysis, sizes: Readonly<Record<string, number>>): number | null {
  const { flat, flatNodes, order } = analysis
  // A view's output is its input's memory: follow it to where that was made.
  const sources = new Map<string, string>()
  for (const { from, to } of flat.wires) sources.set(`${to.node}:${to.port}`, `${from.node}:${from.port}`)
  const made = (port: string): string => {
    let at = port
    for (let hops = 0; hops < 1000; hops++) {
      const [node = ''] = at.split(':')
      const below = flatNodes.get(node)?.layer?.view ? sources.get(`${node}:input`) : undefined
      if (below === undefined) return at
      at = below
    }
    return at
  }
  // By where it was made: a part of a tensor keeps all of it.
  const kept = new Set<string>()
  let extra: number | null = 0
  for (const id of order) {
    const node = flatNodes.get(id)
    if (!node?.cost) return null
    extra = sum(extra, evaluate(node.cost.extraBytes, sizes))
    for (const port of node.cost.keeps.outputs) kept.add(made(`${id}:${port}`))
    for (const port of node.cost.keeps.inputs) {
      const source = sources.get(`${id}:${port}`)
      if (source !== undefined) kept.add(made(source))
    }
  }
  let total = extra
  for (const at of kept) {
    const [node = '', port = ''] = at.split(':')
    total = sum(total, evaluate(multiply(4, values(flatNodes.get(node)?.outputs[port])), sizes))
  }
  return total
}

const values = (shape: readonly Dim[] | undefined): Dim => multiply(...sampleShape(shape ?? []))

const sum = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b)
