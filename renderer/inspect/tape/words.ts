/** What the tape says in words: shapes, batches, holders of memory, what a checkpoint would change. */
import type {
  HolderKind,
  TapeHead,
  TapeLayer,
  TapePhase,
  TapeRecord,
  TapeShape,
  WhatIf,
} from '../../../main/common/tape/record.ts'
import { bytes, count, counted, milliseconds, percent } from '../../ui/format.ts'

export const shapeText = ({ shape }: TapeShape): string => (shape.length === 0 ? 'scalar' : shape.join(' × '))

/** "32 samples, T 12 to 87" */
export function batchText({ size, sizes, batches }: TapeHead): string {
  const extents = sizes.map(({ symbol, least, most }) =>
    least === most ? `${symbol} ${count(most)}` : `${symbol} ${count(least)} to ${count(most)}`,
  )
  const first = batches > 1 ? `the first of ${count(batches)} batches of an update: ` : ''
  return first + [counted(size, 'sample'), ...extents].join(', ')
}

/** How a tape differs from the one before it; null where there is none. */
export function differenceText(tape: TapeHead, before: TapeHead | undefined): string | null {
  if (!before) return null
  const than = `step ${count(before.step)}`
  if (tape.signature !== before.signature)
    return tape.nodes === before.nodes
      ? `another graph than ${than}`
      : `another graph than ${than}, which had ${counted(before.nodes, 'node')}`
  const sizes = tape.sizes.flatMap(({ symbol, most }) => {
    const other = before.sizes.find((one) => one.symbol === symbol)
    return other && other.most !== most ? [`${symbol} ${count(most)} instead of ${count(other.most)}`] : []
  })
  if (tape.size !== before.size) sizes.push(`${count(tape.size)} samples instead of ${count(before.size)}`)
  return sizes.length > 0 ? `the graph of ${than} with ${sizes.join(', ')}` : `the same graph as ${than}`
}

const holders: Readonly<Record<HolderKind, string>> = {
  weights: 'Weights',
  gradients: 'Gradients of weights',
  optimizer: 'State of the optimizer',
  averages: 'Averaged weights',
  before: 'Data, last gradients, the rest',
  batch: 'The batch',
  saved: 'kept for backward',
  passing: 'on its way',
}

export function holderText({ layers }: TapeRecord, kind: HolderKind, layer: number | null): string {
  const title = layer === null ? null : layers[layer]?.title
  if (kind === 'gradients' || !title) return holders[kind].replace(/^./, (letter) => letter.toUpperCase())
  return `${title}: ${holders[kind]}`
}

export const phaseText: Readonly<Record<TapePhase, string>> = {
  batch: 'batch',
  forward: 'forward',
  backward: 'backward',
  more: 'figures',
  update: 'update',
}

/** "Linear", "Stage 1, block 2 (7 layers)", "Linear to ReLU 3 (5 layers)" */
export function stretchText(
  layers: readonly TapeLayer[],
  { from, to }: { from: number; to: number },
): string {
  const [first, last] = [layers[from]?.title ?? '', layers[to]?.title ?? '']
  if (from === to) return first
  const name = blockOf(layers, from, to) ?? `${first} to ${last}`
  return `${name} (${counted(to - from + 1, 'layer')})`
}

/** The block that is just these layers; null where there is none. */
function blockOf(layers: readonly TapeLayer[], from: number, to: number): string | null {
  for (const { id, name, copy } of layers[from]?.blocks ?? []) {
    const inside = (index: number): boolean =>
      layers[index]?.blocks.some((block) => block.id === id && block.copy === copy) ?? false
    if (inside(from - 1) || inside(to + 1)) continue
    if (!layers.slice(from, to + 1).every((_, i) => inside(from + i))) continue
    const repeated = layers.some(({ blocks }) => blocks.some((block) => block.id === id && block.copy > 1))
    return `${name || 'Block'}${repeated ? ` ${copy}` : ''}`
  }
  return null
}

export function whatIfText(
  { layers }: TapeRecord,
  stretch: { from: number; to: number },
  { peakBytes, changedPeakBytes, at, freedBytes, addedMs, stepMs }: WhatIf,
): string {
  const what = `Checkpointing ${stretchText(layers, stretch)}`
  if (freedBytes === 0) return `${what} would free nothing: it keeps nothing for backward that only it needs.`
  const cost = `${milliseconds(addedMs)} more a step (${percent(addedMs / Math.max(stepMs, 1e-9))})`
  const saved = peakBytes - changedPeakBytes
  const place = `${phaseText[at.phase]}${at.layer === null ? '' : ` of ${layers[at.layer]?.title ?? ''}`}`
  // What rounds to the same figure is no gain.
  if (saved < 0.005 * peakBytes)
    return `${what} would let go of ${bytes(freedBytes)} meanwhile, but the peak stays ${bytes(peakBytes)}, in the ${place}; ${cost}.`
  return `${what} would lower the peak from ${bytes(peakBytes)} to ${bytes(changedPeakBytes)} (${percent(saved / peakBytes)} less; then in the ${place}) for ${cost}.`
}

/** "weight of Linear 2" */
export function leafName({ layers }: TapeRecord, weight: string | null): string {
  if (weight === null) return 'a leaf'
  const dot = weight.lastIndexOf('.')
  const owner = layers.find(({ id }) => id === weight.slice(0, dot))
  const merged = layers.find(({ documentNodes }) => documentNodes.includes(weight.slice(0, dot)))
  return `${weight.slice(dot + 1)} of ${(owner ?? merged)?.title ?? weight.slice(0, dot)}`
}
