/** Random documents for tests: the same for the same seed. */
import { groupNodes } from './blocks.ts'
import { emptyDocument, type ModelDocument, type Parameter } from './document.ts'
import { connect, setBypass } from './edit.ts'
import type { Field } from './layer.ts'
import { layers } from './layers/catalogue.ts'
import { nodePorts } from './ports.ts'
import { tie } from './sharing.ts'

export interface Dice {
  /** From 0 up to, not including, `below`. */
  roll(below: number): number
  pick<T>(from: readonly T[]): T
}

/** xorshift32 (Marsaglia 2003). */
export function dice(seed: number): Dice {
  let state = (seed * 2654435761 + 1) >>> 0 || 1
  const roll = (below: number): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
  return { roll, pick: (from) => from[roll(from.length)] as (typeof from)[number] }
}

const words = [
  '',
  'a',
  'A b',
  '"quoted"',
  'line\nbreak',
  'größe 大',
  '# no',
  'x3',
  'none',
  'a\\',
  '\u2028',
  '🙂',
]

function value(field: Field, { roll, pick }: Dice): Parameter {
  if (roll(8) === 0)
    return pick<Parameter>([null, true, 'none', 'a b', -0, 1e-7, 1e21, [], [3], [3, 5], [1, -1.5]])
  switch (field.type) {
    case 'boolean':
      return roll(2) === 0
    case 'choice':
      return pick(field.choices).value
    case 'text':
      return roll(2) ? pick(words) : field.default
    case 'shape':
      return roll(2) ? [1 + roll(4), 1 + roll(9), 1 + roll(9)] : field.default
    case 'sizes':
      return roll(2) ? 1 + roll(3) : Array.from({ length: field.axes }, () => 1 + roll(3))
    case 'integers':
      return [1 + roll(4), 1 + roll(4)]
    case 'number':
      return roll(2) ? field.default : field.minimum + roll(8) / 8
    default:
      return roll(2) ? field.default : 1 + roll(8)
  }
}

/** Up to `most` nodes of any kind and setting, wired without a loop, grouped, repeated, bypassed and tied. */
export function randomDocument(seed: number, most = 12): ModelDocument {
  const chance = dice(seed)
  const { roll, pick } = chance
  let document = emptyDocument(pick(words))
  const count = 1 + roll(most)
  for (let i = 0; i < count; i++) {
    const layer = i === 0 ? layers[0] : i === count - 1 ? layers[1] : pick(layers)
    if (!layer) break
    const parameters: Record<string, Parameter> = {}
    for (const field of layer.fields) if (roll(3) > 0) parameters[field.key] = value(field, chance)
    if (roll(20) === 0) parameters[pick(words) || 'stray'] = 7
    const node = {
      id: pick([`${layer.kind}-${i}`, `n${i}`, `x${i}`, `block-${i}`, `${i}`]),
      kind: roll(30) === 0 ? pick(['magic', 'a b', 'block']) : layer.kind,
      name: roll(4) === 0 ? `${pick(words)}${i}` : '',
      parameters,
      position: { x: roll(900), y: roll(900) },
    }
    document = { ...document, nodes: [...document.nodes, node] }
    for (const port of nodePorts(node).inputs) {
      const source = document.nodes[Math.max(0, i - 1 - (roll(3) === 0 ? roll(i + 1) : 0))]
      const from = source && pick([...nodePorts(source).outputs, 'output'])
      if (!source || from === undefined || roll(12) === 0) continue
      const wired = connect(document, { node: source.id, port: from }, { node: node.id, port })
      if ('document' in wired) ({ document } = wired)
    }
  }
  const some = (): string[] => document.nodes.map(({ id }) => id).filter(() => roll(3) === 0)
  for (let i = roll(4); i > 0; i--) {
    const grouped = groupNodes(document, some(), pick(words))
    if ('document' in grouped) ({ document } = grouped)
  }
  const blocks = document.blocks.map((block) => ({ ...block, repeat: 1 + roll(3), collapsed: roll(2) === 0 }))
  document = { ...document, blocks }
  if (roll(3) === 0) {
    const bypassed = setBypass(document, some(), true)
    if ('document' in bypassed) ({ document } = bypassed)
  }
  for (let i = roll(3); i > 0; i--) {
    const weight = (): { node: string; weight: string } => ({
      node: pick(document.nodes).id,
      weight: pick(['weight', 'bias', 'odd name', 'a.b']),
    })
    const tied = tie(document, weight(), weight())
    if ('document' in tied) ({ document } = tied)
  }
  return document
}
