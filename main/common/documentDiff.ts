/** What two models have in common and where they differ, layer by layer. Pure; see tidy.ts for where a layer is drawn. */
import type { ModelDocument, ModelNode } from './document.ts'
import { runOrder, wiresByNode } from './order.ts'
import { analyse } from './shapes.ts'
import type { DataShape } from './layer.ts'
import { tidy } from './tidy.ts'

export interface ParameterChange {
  /** As in the layer's form. */
  title: string
  from: string
  to: string
}

export interface LayerDifference {
  /** Of the node in `drawn`. */
  id: string
  kind: string
  /** As the canvas calls it; of a layer that was removed, as it was called. */
  title: string
  summary: string
  state: 'same' | 'changed' | 'added' | 'removed'
  changes: ParameterChange[]
  /** Trained values, copies of a repeated block too; 0 where the layer is not there. */
  weights: { before: number; after: number }
}

export interface DocumentDifference {
  layers: LayerDifference[]
  counts: Record<LayerDifference['state'], number>
  weights: { before: number; after: number }
  /** Whether layers that are in both are wired in another way, beyond what added and removed layers bring with them. */
  rewired: boolean
  /** The layers of both in one document, laid out: those of `after`, and those that were removed. */
  drawn: ModelDocument
  /** Wires of `drawn` that only `before` has, and those that only `after` has. */
  wires: { removed: ReadonlySet<string>; added: ReadonlySet<string> }
}

/** @param data that both are fitted to; without it, the weights of layers whose sizes follow from the data are not known */
export function diffDocuments(
  before: ModelDocument,
  after: ModelDocument,
  data?: { before: DataShape; after: DataShape },
): DocumentDifference {
  const old = analyse(before, data?.before)
  const now = analyse(after, data?.after)
  const partner = matchNodes(before, after)
  const back = new Map([...partner].map(([a, b]) => [b, a]))
  const oldNodes = new Map(before.nodes.map((node) => [node.id, node]))

  const taken = new Set(after.nodes.map(({ id }) => id))
  const drawnId = new Map<string, string>()
  for (const { id } of before.nodes) {
    const kept = partner.get(id)
    let own = kept ?? id
    while (kept === undefined && taken.has(own)) own = `${own}-removed`
    taken.add(own)
    drawnId.set(id, own)
  }

  const layers: LayerDifference[] = after.nodes.map((node) => {
    const was = back.get(node.id)
    const { title, layer, parameters, weights, copies } = now.nodes.get(node.id)!
    const summary = layer ? layer.summary(parameters) : node.kind
    const common = { id: node.id, kind: node.kind, title, summary }
    if (was === undefined)
      return { ...common, state: 'added', changes: [], weights: { before: 0, after: weights } }
    const analysed = old.nodes.get(was)!
    const changes = changesOf(oldNodes.get(was)!, analysed, node, { layer, parameters, copies })
    return {
      ...common,
      state: changes.length > 0 ? 'changed' : 'same',
      changes,
      weights: { before: analysed.weights, after: weights },
    }
  })
  for (const node of before.nodes) {
    if (partner.has(node.id)) continue
    const { title, layer, parameters, weights } = old.nodes.get(node.id)!
    const summary = layer ? layer.summary(parameters) : node.kind
    const id = drawnId.get(node.id)!
    layers.push({
      ...{ id, kind: node.kind, title, summary, state: 'removed', changes: [] },
      weights: { before: weights, after: 0 },
    })
  }

  const merged = mergeWires(before, after, drawnId)
  const both = new Set(
    layers.flatMap(({ id, state }) => (state === 'same' || state === 'changed' ? [id] : [])),
  )
  const between = (ids: ReadonlySet<string>): boolean =>
    merged.wires.some(({ id, from, to }) => ids.has(id) && both.has(from.node) && both.has(to.node))
  const counts = { same: 0, changed: 0, added: 0, removed: 0 }
  for (const { state } of layers) counts[state] += 1
  const spliced = counts.added + counts.removed > 0
  return {
    layers,
    counts,
    weights: { before: old.parameters, after: now.parameters },
    rewired: between(merged.added) && (!spliced || between(merged.removed)),
    drawn: tidy({
      ...after,
      nodes: [
        ...after.nodes,
        ...before.nodes
          .filter(({ id }) => !partner.has(id))
          .map((node) => ({ ...node, id: drawnId.get(node.id)! })),
      ],
      wires: merged.wires,
      blocks: [],
      ties: [],
    }),
    wires: { removed: merged.removed, added: merged.added },
  }
}

function mergeWires(before: ModelDocument, after: ModelDocument, drawnId: ReadonlyMap<string, string>) {
  const key = ({ from, to }: ModelDocument['wires'][number]): string =>
    [from.node, from.port, to.node, to.port].join(' ')
  const moved = before.wires.map((wire, at) => ({
    id: `removed-${at}`,
    from: { ...wire.from, node: drawnId.get(wire.from.node) ?? wire.from.node },
    to: { ...wire.to, node: drawnId.get(wire.to.node) ?? wire.to.node },
  }))
  const [had, has] = [new Set(moved.map(key)), new Set(after.wires.map(key))]
  const gone = moved.filter((wire) => !has.has(key(wire)))
  return {
    wires: [...after.wires, ...gone],
    removed: new Set(gone.map(({ id }) => id)),
    added: new Set(after.wires.filter((wire) => !had.has(key(wire))).map(({ id }) => id)),
  }
}

/**
 * Which node of `after` is which of `before`: those that kept id and kind (a fork keeps ids), then, of the others, the
 * longest common sequence in running order by kind and name, then by kind alone.
 */
function matchNodes(before: ModelDocument, after: ModelDocument): Map<string, string> {
  const partner = new Map<string, string>()
  const byId = new Map(after.nodes.map((node) => [node.id, node]))
  for (const { id, kind } of before.nodes) if (byId.get(id)?.kind === kind) partner.set(id, id)
  for (const key of [({ kind, name }: ModelNode) => `${kind} ${name}`, ({ kind }: ModelNode) => kind]) {
    const found = new Set(partner.values())
    const left = inOrder(before).filter(({ id }) => !partner.has(id))
    const right = inOrder(after).filter(({ id }) => !found.has(id))
    for (const [a, b] of longestCommon(left.map(key), right.map(key))) partner.set(left[a]!.id, right[b]!.id)
  }
  return partner
}

function inOrder(document: ModelDocument): ModelNode[] {
  const byId = new Map(document.nodes.map((node) => [node.id, node]))
  const order = runOrder(document.nodes, wiresByNode(document.wires))
  return [...new Set([...order, ...byId.keys()])].map((id) => byId.get(id)!)
}

/** Places of the longest common subsequence. */
function longestCommon(a: readonly string[], b: readonly string[]): [number, number][] {
  const width = b.length + 1
  const lengths = new Uint16Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1)
      lengths[i * width + j] =
        a[i] === b[j]
          ? lengths[(i + 1) * width + j + 1]! + 1
          : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!)
  const pairs: [number, number][] = []
  for (let i = 0, j = 0; i < a.length && j < b.length;)
    if (a[i] === b[j]) pairs.push([i++, j++])
    else if (lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!) i += 1
    else j += 1
  return pairs
}

type Analysed = Pick<
  NonNullable<ReturnType<ReturnType<typeof analyse>['nodes']['get']>>,
  'layer' | 'parameters' | 'copies'
>

function changesOf(before: ModelNode, was: Analysed, after: ModelNode, is: Analysed): ParameterChange[] {
  const fields = is.layer?.fields ?? []
  const keys = new Set([
    ...fields.map(({ key }) => key),
    ...Object.keys(was.parameters),
    ...Object.keys(is.parameters),
  ])
  const changes = [...keys].flatMap((key): ParameterChange[] => {
    const [from, to] = [was.parameters[key], is.parameters[key]]
    if (JSON.stringify(from) === JSON.stringify(to)) return []
    return [
      { title: fields.find((field) => field.key === key)?.title ?? key, from: told(from), to: told(to) },
    ]
  })
  const also = (title: string, from: string, to: string): void => {
    if (from !== to) changes.push({ title, from, to })
  }
  also('name', before.name || 'none', after.name || 'none')
  also('bypassed', told(before.bypass ?? false), told(after.bypass ?? false))
  also('copies', String(was.copies), String(is.copies))
  return changes
}

function told(value: ModelNode['parameters'][string] | undefined): string {
  if (value === undefined || value === null) return 'none'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return Array.isArray(value) ? value.join(', ') : String(value)
}
