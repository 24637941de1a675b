/** Shared weights: one tensor used and trained at two places, such as a language model's embedding and its last layer. */
import type { ModelDocument, Tie } from './document.ts'
import type { Attempt } from './edit.ts'
import { titles } from './ports.ts'

export interface WeightName {
  node: string
  /** As the layer calls it: `weight`, `bias`. */
  weight: string
}

const same = (a: WeightName, b: WeightName): boolean => a.node === b.node && a.weight === b.weight

/** The weight that `use` borrows; null while it has its own. */
export const sourceOf = (document: Pick<ModelDocument, 'ties'>, use: WeightName): WeightName | null =>
  document.ties.find((tie) => same(tie, use))?.source ?? null

/** From now on `use` is `source`'s tensor. Shapes are analysis's matter: it says when the two differ. */
export function tie(document: ModelDocument, use: WeightName, source: WeightName): Attempt {
  const named = titles(document)
  for (const { node } of [use, source])
    if (!named.has(node)) return { refused: `There is no layer ${node} to share a weight with.` }
  let at: WeightName | null = source
  for (let hops = 0; at && hops <= document.ties.length; hops++) {
    if (same(at, use))
      return {
        refused: `${named.get(source.node)} already uses ${use.weight} of ${named.get(use.node)}: one of the two must keep its own.`,
      }
    at = sourceOf(document, at)
  }
  const before = sourceOf(document, use)
  if (before && same(before, source)) return { document }
  const made: Tie = { node: use.node, weight: use.weight, source: { ...source } }
  return { document: { ...document, ties: [...untie(document, use).ties, made] } }
}

/** `use` has a weight of its own again. */
export function untie(document: ModelDocument, use: WeightName): ModelDocument {
  const ties = document.ties.filter((candidate) => !same(candidate, use))
  return ties.length === document.ties.length ? document : { ...document, ties }
}
