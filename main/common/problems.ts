/** What is wrong with a document beyond single nodes: its ends, names, blocks, loops, shared weights, loose nodes. */
import { formatShape, sameShape } from './dims.ts'
import type { Block, ModelDocument, Tie } from './document.ts'
import type { Expanded } from './expand.ts'
import { freeName } from './ids.ts'
import type { Mend } from './layer.ts'
import { layerOf } from './layers/catalogue.ts'
import { passesOn } from './ports.ts'
import type { NodeAnalysis } from './shapes.ts'

export interface Problem {
  /** An `error` stops training; a `remark` only says what has no effect. */
  level: 'error' | 'remark'
  /** Where to look; null for a problem of the whole document or of a block. */
  node: string | null
  /** The block it is about, if it is about one. */
  block?: string
  message: string
  mends: readonly Mend[]
}

type Nodes = ReadonlyMap<string, NodeAnalysis>

const error = (node: string | null, message: string, mends: readonly Mend[] = []): Problem => ({
  level: 'error',
  node,
  message,
  mends,
})

/** Its ends, and names that are taken twice. */
export function documentProblems(document: ModelDocument, named: ReadonlyMap<string, string>): Problem[] {
  if (document.nodes.length === 0)
    return [error(null, 'The canvas is empty: drag an Input here, or start from a template.')]
  const problems: Problem[] = []
  const all = (kind: string): string[] =>
    document.nodes.filter((node) => node.kind === kind).map((node) => node.id)
  const [inputs, outputs] = [all('input'), all('output')]
  const [, secondInput] = inputs
  const [, secondOutput] = outputs
  if (inputs.length === 0) problems.push(error(null, 'There is no Input: data has nowhere to enter.'))
  if (secondInput !== undefined)
    problems.push(error(secondInput, `There are ${inputs.length} Inputs; a data set feeds one.`))
  if (outputs.length === 0) problems.push(error(null, 'There is no Output: nothing to train towards.'))
  if (secondOutput !== undefined)
    problems.push(error(secondOutput, `There are ${outputs.length} Outputs; training needs one.`))

  const names = new Set(document.nodes.map(({ name }) => name))
  const seen = new Set<string>()
  for (const { id, name } of document.nodes) {
    if (name && seen.has(name)) {
      const free = freeName(name, names)
      names.add(free)
      const mend: Mend = { kind: 'rename', title: `Rename it to ${free}`, node: id, name: free }
      problems.push(error(id, `Two layers are named "${name}"; names must differ.`, [mend]))
    }
    seen.add(name)
  }
  for (const node of document.nodes) {
    if (!node.bypass || passesOn(node) || !layerOf(node.kind)) continue
    const mend: Mend = { kind: 'set-bypass', title: 'Switch it back on', node: node.id, bypass: false }
    const message = `${named.get(node.id)} is bypassed, and a layer without an input and an output cannot be.`
    problems.push(error(node.id, message, [mend]))
  }
  return problems
}

/** Why blocks could not be repeated. */
export const blockProblems = (blocks: readonly Block[], flat: Expanded): Problem[] =>
  flat.problems.map(({ block, message }) => {
    const name = blocks.find(({ id }) => id === block)?.name.trim() || 'A block without a name'
    return { ...error(null, `${name} ${message}.`), block }
  })

/** Ties that name what is not there, or tensors of different shapes. */
export function tieProblems(ties: readonly Tie[], nodes: Nodes): Problem[] {
  return ties.flatMap(({ node, weight, source }): Problem[] => {
    const use = nodes.get(node)
    const from = nodes.get(source.node)
    const mends: Mend[] = [{ kind: 'untie', title: 'Give it a weight of its own', node, weight }]
    const title = use?.title ?? node
    const theirTitle = from?.title ?? source.node
    if (!use || !from)
      return [
        error(null, `A shared weight names a layer that is not there: ${title} uses ${theirTitle}'s.`, mends),
      ]
    const at = use.node.id
    if (!use.cost || !from.cost) return []
    const [own, theirs] = [weightOf(use, weight), weightOf(from, source.weight)]
    if (!own) return [error(at, `${title} has no weight "${weight}" to share.`, mends)]
    if (!theirs) return [error(at, `${theirTitle} has no weight "${source.weight}" to share.`, mends)]
    if (sameShape(own, theirs)) return []
    return [
      error(
        at,
        `${title} shares ${theirTitle}'s ${source.weight} of ${formatShape(theirs)}, but its own ${weight} is ${formatShape(own)}.`,
        mends,
      ),
    ]
  })
}

/** Shape of a weight; null where there is none of that name, or it is not known yet. */
export const weightOf = (node: NodeAnalysis | undefined, name: string): readonly number[] | null =>
  node?.layer && node.cost
    ? (node.layer.weights(node.inputs, node.parameters).find((spec) => spec.name === name)?.shape ?? null)
    : null

/** What the nodes themselves are wrong about. A node that is only unfinished and takes no part stops nothing. */
export const nodeProblems = (analyses: Iterable<NodeAnalysis>, used: ReadonlySet<string>): Problem[] =>
  [...analyses].flatMap(({ node, title, error: own }): Problem[] => {
    if (!own || own.toldBy !== undefined) return []
    const level = own.incomplete && !used.has(node.id) ? 'remark' : 'error'
    return [{ level, node: node.id, message: `${title} ${own.message}.`, mends: own.mends }]
  })

/** Nodes whose results nothing uses; those that lead to them are not named again. */
export function looseEnds(flat: Expanded, nodes: Nodes): Problem[] {
  const feeding = new Set(flat.wires.map((wire) => wire.from.node))
  const fed = new Set(flat.wires.map((wire) => wire.to.node))
  return flat.nodes.flatMap(({ id, kind }): Problem[] => {
    const analysed = nodes.get(id)
    if (kind === 'output' || feeding.has(id) || flat.originals.has(id) || analysed?.error) return []
    const title = analysed?.title ?? id
    const message = fed.has(id)
      ? `${title} leads nowhere, so it takes no part in the model.`
      : `${title} is wired to nothing, so it takes no part in the model.`
    return [{ level: 'remark', node: id, message, mends: [] }]
  })
}
