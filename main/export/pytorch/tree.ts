/** The steps of a plan in the blocks of their document: what becomes a class of its own, and in which order it runs. */
import { blockOf, pathOf } from '../../common/blockTree.ts'
import type { Block, ModelDocument } from '../../common/document.ts'
import type { Plan, Step } from '../../common/plan.ts'

/** One copy of a block with what lies in it, or a step. */
export type Unit = { step: Step } | { block: Block; copy: number; inner: readonly Unit[] }

export const stepsOf = (unit: Unit): readonly Step[] =>
  'step' in unit ? [unit.step] : unit.inner.flatMap(stepsOf)

type Placed = { step: Step; path: readonly { block: Block; copy: number }[] }

/** In running order at every level; a block that something else runs in the middle of is taken apart. */
export function unitsOf(plan: Plan, document: ModelDocument): readonly Unit[] {
  const byId = new Map(document.blocks.map((block) => [block.id, block]))
  const placed = plan.steps.map((step): Placed => {
    const original = step.nodes[0] ?? step.id
    const path = pathOf(byId, blockOf(document, original)?.id).reverse()
    return {
      step,
      path: path.map((id) => ({ block: byId.get(id) as Block, copy: copyOf(step.id, id) })),
    }
  })
  return arrange(placed, 0)
}

/** `id@inner.2@outer.3` is in the third copy of outer. */
const copyOf = (id: string, block: string): number => {
  const part = id.split('@').find((one) => one.slice(0, one.lastIndexOf('.')) === block)
  return part === undefined ? 1 : Number(part.slice(part.lastIndexOf('.') + 1))
}

function arrange(placed: readonly Placed[], depth: number): Unit[] {
  const groups = new Map<string, Placed[]>()
  for (const one of placed) {
    const at = one.path[depth]
    const key = at ? `${at.block.id}.${at.copy}` : `:${one.step.id}`
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  const units = [...groups.values()].map((group): Unit => {
    const [first] = group
    const at = first?.path[depth]
    if (!first || !at) return { step: (first as Placed).step }
    return { block: at.block, copy: at.copy, inner: arrange(group, depth + 1) }
  })
  const ordered = inOrder(units)
  if (ordered) return ordered
  // Some block cannot run in one piece: its steps stand beside it instead.
  return placed.map(({ step }): Unit => ({ step }))
}

/** Units so that each runs after what feeds it; null where they feed each other in a ring. */
function inOrder(units: readonly Unit[]): Unit[] | null {
  const home = new Map(units.flatMap((unit) => stepsOf(unit).map((step) => [step.id, unit] as const)))
  const waiting = new Map(
    units.map((unit) => {
      const feeds = stepsOf(unit).flatMap(({ inputs }) =>
        Object.values(inputs).map(({ step }) => home.get(step)),
      )
      return [unit, new Set(feeds.filter((feed): feed is Unit => feed !== undefined && feed !== unit))]
    }),
  )
  const ordered: Unit[] = []
  while (waiting.size > 0) {
    const ready = [...waiting].find(([, feeds]) => [...feeds].every((feed) => !waiting.has(feed)))?.[0]
    if (!ready) return null
    waiting.delete(ready)
    ordered.push(ready)
  }
  return ordered
}
