/** What the canvas and the panel say about an analysed node or wire; pure, so that it is tested without a page. */
import { add, formatDim, formatShape, multiply, type Dim, type Shape } from '../../main/common/dims.ts'
import type { Wire } from '../../main/common/document.ts'
import { trainedValues } from '../../main/common/layer.ts'
import type { Analysis, NodeAnalysis } from '../../main/common/shapes.ts'
import { bytes, counted, short } from '../ui/format.ts'

/** `waiting` for a fault, `loose` for something that is only missing yet. */
export type WireTone = 'known' | 'symbolic' | 'waiting' | 'loose'

export type WireView = {
  /** `B x 784`, or what the wire waits for. */
  label: string
  tone: WireTone
  /** Said when pointed at. */
  detail: string
}

/** True when a size other than the batch is not a number yet. */
const isSymbolic = (shape: Shape): boolean => shape.slice(1).some((dim) => typeof dim !== 'number')

export function describeWire(wire: Wire, analysis: Analysis): WireView {
  const from = analysis.nodes.get(wire.from.node)
  const to = analysis.nodes.get(wire.to.node)
  const ends = `${from?.title ?? wire.from.node} to ${to?.title ?? wire.to.node}`
  // Into a bypassed layer nothing runs: what stands at its output goes straight on.
  const passed = to?.node.bypass ? from?.outputs[wire.from.port] : undefined
  const shape = analysis.wires.get(wire.id) ?? passed
  if (!shape) {
    // A bypassed layer is not waited for: what stands behind it is, or nothing.
    const cause = from?.waitsFor ?? (from?.node.bypass ? to?.waitsFor : (from?.title ?? wire.from.node))
    const passing = to?.node.bypass && !from?.error && !from?.waitsFor
    if (cause == null || passing) return { label: 'bypassed', tone: 'known', detail: ends }
    const loose = isIncomplete(cause, analysis)
    return {
      label: `waits for ${cause}`,
      tone: loose ? 'loose' : 'waiting',
      detail: `${ends}: ${knownOnce(cause, loose)}`,
    }
  }
  const arithmetic = from ? shapeArithmetic(from) : null
  const size = sizeOfSample(shape)
  const detail = [ends, arithmetic, size].filter((part) => part !== null).join('\n')
  return { label: formatShape(shape), tone: isSymbolic(shape) ? 'symbolic' : 'known', detail }
}

/** True when the node of that title lacks something, as against being wrong. */
export const isIncomplete = (title: string, { nodes }: Analysis): boolean =>
  [...nodes.values()].some((node) => node.title === title && node.error?.incomplete === true)

export const knownOnce = (title: string, incomplete: boolean): string =>
  `known once ${title} is ${incomplete ? 'complete' : 'mended'}`

function sizeOfSample(shape: Shape): string | null {
  if (isSymbolic(shape)) return null
  const values = shape.slice(1).reduce<number>((product, dim) => product * Number(dim), 1)
  return `${counted(values, 'value')} a sample, ${bytes(values * 4)} as float32`
}

/** How the output's last size came about where that is arithmetic: `1·28·28 = 784`; null where nothing is computed. */
export function shapeArithmetic({ inputs, outputs }: NodeAnalysis): string | null {
  const [input] = Object.values(inputs)
  const [output] = Object.values(outputs)
  if (!input || !output || output.length !== 2 || input.length <= 2) return null
  const product = input.slice(1).map(factor).join('·')
  const size = formatDim(output[1] ?? 0)
  return product === size ? null : `${product} = ${size}`
}

const factor = (dim: Dim): string =>
  typeof dim !== 'number' && dim.op === 'add' ? `(${formatDim(dim)})` : formatDim(dim)

export interface CostView {
  /** `256·784 + 256 = 200,960 weights`, or null for a layer that trains nothing. */
  weights: string | null
  flops: string
  saved: string
}

/** Null while the node's shapes are not known. */
export function describeCost(analysis: NodeAnalysis): CostView | null {
  const { cost, layer, inputs, parameters } = analysis
  if (!cost || !layer) return null
  const specs = layer.weights(inputs, parameters)
  const weights =
    specs.length > 0
      ? `${specs.map((spec) => spec.shape.join('·')).join(' + ')} = ${counted(trainedValues(specs), 'weight')}`
      : null
  return {
    weights,
    flops: flopsText(cost.flops),
    saved: savedText(keptBytes(analysis)),
  }
}

export const flopsText = (flops: Dim): string => {
  if (typeof flops !== 'number') return `${formatDim(flops)} FLOP`
  const text = short(flops)
  return flops === 0 ? 'no arithmetic' : text.includes(' ') ? `${text}FLOP` : `${text} FLOP`
}

const savedText = (saved: Dim): string =>
  typeof saved === 'number' ? (saved === 0 ? 'nothing' : bytes(saved)) : `${formatDim(saved)} bytes`

/** What a layer alone keeps for backward, for one sample; its neighbours may keep the same. */
function keptBytes({ cost, inputs, outputs }: NodeAnalysis): Dim {
  const sizes = [
    ...(cost?.keeps.inputs ?? []).map((port) => inputs[port]),
    ...(cost?.keeps.outputs ?? []).map((port) => outputs[port]),
  ]
  const values = sizes.map((shape) => multiply(...(shape ?? []).slice(1)))
  return add(multiply(4, add(...values)), cost?.extraBytes ?? 0)
}

export interface TextPart {
  text: string
  /** True for a shape, which is set in bold. */
  shape: boolean
}

/** Cuts a sentence where shapes such as `B x 100` stand in it. */
export function shapeParts(sentence: string): TextPart[] {
  return sentence
    .split(/(\bB(?: x (?:[\w·+()⌊⌋/-]*[\w)⌋]))+)/)
    .map((text, i) => ({ text, shape: i % 2 === 1 }))
    .filter((part) => part.text !== '')
}

export const capital = (sentence: string): string => sentence.charAt(0).toUpperCase() + sentence.slice(1)

/** A sentence that ends as one. */
export const sentence = (text: string): string => (/[.!?]$/.test(text) ? capital(text) : `${capital(text)}.`)

/** An error as the node itself says it; the field's own sentence says enough where a setting is wrong. */
export const problemText = (message: string): string =>
  sentence(message.replace(/^has a wrong setting: /, ''))
