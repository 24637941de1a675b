/** The layers of a recorded step: the steps of the plan that ran, in running order, and the loss after them. */
import { blockOf, pathOf } from '../../common/blockTree.ts'
import type { ModelDocument } from '../../common/document.ts'
import type { Plan, Step } from '../../common/plan.ts'
import type { TapeLayer, TapeShape } from '../../common/tape/record.ts'

export type LayerFacts = Pick<
  TapeLayer,
  'id' | 'title' | 'group' | 'documentNodes' | 'blocks' | 'inputs' | 'outputs' | 'weights'
>

/** @param results of each step, in running order */
export function layersOf(
  { steps, weights, output }: Plan,
  document: ModelDocument,
  results: readonly (readonly TapeShape[])[],
): LayerFacts[] {
  const places = new Map(steps.map(({ id }, index) => [id, index]))
  const layers = steps.map((step, index): LayerFacts => {
    const feeding = Object.values(step.inputs).flatMap((from) => places.get(from.step) ?? [])
    return {
      id: step.id,
      title: step.title,
      group: step.layer.group,
      documentNodes: [...step.nodes],
      blocks: blocksAround(step, document),
      inputs: [...new Set(feeding)].sort((a, b) => a - b),
      outputs: [...(results[index] ?? [])],
      weights: Object.entries(step.weights).reduce((sum, [name, key]) => {
        const spec = key === `${step.id}.${name}` ? weights.get(key) : undefined
        return spec && !spec.buffer ? sum + spec.shape.reduce((a, b) => a * b, 1) : sum
      }, 0),
    }
  })
  const last = places.get(output)
  return [
    ...layers,
    {
      id: 'loss',
      title: 'Loss',
      group: null,
      documentNodes: [],
      blocks: [],
      inputs: last === undefined ? [] : [last],
      outputs: [],
      weights: 0,
    },
  ]
}

/** Outermost first. A copy of a node is called `id@inner.2@outer.3`; see common/expand.ts. */
function blocksAround({ id, nodes }: Step, document: ModelDocument): LayerFacts['blocks'] {
  const [node] = nodes
  const inner = node === undefined ? null : blockOf(document, node)
  if (!inner) return []
  const byId = new Map(document.blocks.map((block) => [block.id, block]))
  const copies = new Map(
    id
      .split('@')
      .slice(1)
      .map((part) => {
        const dot = part.lastIndexOf('.')
        return [part.slice(0, dot), Number(part.slice(dot + 1))]
      }),
  )
  return pathOf(byId, inner.id)
    .reverse()
    .map((block) => ({ id: block, name: byId.get(block)?.name ?? '', copy: copies.get(block) ?? 1 }))
}
