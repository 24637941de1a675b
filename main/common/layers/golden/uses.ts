/**
 * Random valid uses of any layer: input shapes, parameters and sizes that its shape rule accepts. What is proved
 * with them holds for every layer of the catalogue, also for those that join it later.
 */
import { batch, evaluate, symbol, type Dim, type Shape } from '../../dims.ts'
import type { Parameter } from '../../document.ts'
import {
  defaultParameters,
  inputPorts,
  type Content,
  type DataShape,
  type Field,
  type Layer,
  type Parameters,
  type ShapeContext,
} from '../../layer.ts'

export interface Use {
  layer: Layer
  inputs: Readonly<Record<string, Shape>>
  outputs: Readonly<Record<string, Shape>>
  parameters: Parameters
  /** What the symbols are. */
  sizes: Readonly<Record<string, number>>
  content: Content
}

/** Whole numbers from a seed. */
export class Draw {
  #state: number

  constructor(seed: number) {
    this.#state = (seed * 2654435761 + 1) >>> 0
  }

  below(count: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0
    return Math.floor((this.#state / 2 ** 32) * count)
  }

  from(low: number, high: number): number {
    return low + this.below(high - low + 1)
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item
  }
}

const widths = [1, 2, 3, 4, 6, 8] as const
const vocabulary = 11

function drawParameter(field: Field, draw: Draw): Parameter {
  switch (field.type) {
    case 'integer': {
      const high = Math.min(field.maximum, field.minimum + 6)
      const usual = typeof field.default === 'number' && field.default <= 16 && draw.below(3) === 0
      return usual ? field.default : draw.from(field.minimum, high)
    }
    case 'number':
      return draw.below(2) === 0
        ? field.default
        : Number((field.minimum + (draw.below(10) / 10) * (field.maximum - field.minimum)).toPrecision(3))
    case 'boolean':
      return draw.below(2) === 0
    case 'choice':
      return draw.pick(field.choices).value
    case 'sizes': {
      const one = (): number => draw.from(field.minimum, Math.min(field.maximum, field.minimum + 3))
      return draw.below(2) === 0 ? one() : Array.from({ length: field.axes }, one)
    }
    default:
      return field.default
  }
}

type Fitting = (input: Shape, draw: Draw) => Record<string, Parameter>

/** Parameters of layers that hardly any random ones fit, by kind. */
const fitting: Readonly<Record<string, Fitting>> = {
  reshape: (shape, draw) => {
    const sizes = shape.slice(1)
    const numbers = sizes.filter((size) => typeof size === 'number')
    const total = numbers.reduce((a, b) => a * b, 1)
    const divisors = widths.filter((width) => total % width === 0)
    const first = draw.pick(divisors)
    return { sizes: draw.below(2) === 0 ? [-1, first] : [first, -1] }
  },
  'table-embedding': (shape, draw) => ({
    categories: Array.from({ length: Number(shape.at(-1)) || 1 }, () => draw.pick([0, 0, 1, 3, 7])).join(
      ', ',
    ),
    size: draw.from(1, 5),
  }),
  split: (shape, draw) => {
    const size = Number(shape.at(-1))
    const first = draw.from(1, Math.max(1, size - 1))
    return { sizes: [first, size - first] }
  },
}

function drawInput(draw: Draw, tokens: boolean, symbols: boolean): Shape {
  const vary = (name: string): Dim => (symbols && draw.below(2) === 0 ? symbol(name) : draw.from(2, 9))
  const width = draw.pick(widths)
  if (tokens) return [batch, vary('T')]
  switch (draw.below(6)) {
    case 0:
      return [batch, width]
    case 1:
      return [batch, vary('T')]
    case 2:
    case 3:
      return [batch, vary('T'), width]
    default:
      return [batch, width, vary('H'), vary('W')]
  }
}

const contextOf = (sizes: Readonly<Record<string, number>>, content: Content): ShapeContext => {
  const data: DataShape = {
    sample: null,
    content,
    task: 'classify',
    classes: 3,
    vocabulary,
    sizes: Object.fromEntries(
      Object.entries(sizes).map(([name, size]) => [name, { typical: size, largest: size }]),
    ),
  }
  return { node: 'node', data, widthSource: null }
}

/**
 * `count` different random uses of a layer.
 * @param symbols whether sizes may be symbols
 * @throws where hardly any random use is valid: then the layer needs an entry in `fitting`
 */
export function randomUses(layer: Layer, count: number, seed: number, symbols: boolean): Use[] {
  const draw = new Draw(seed)
  const uses: Use[] = []
  for (let attempt = 0; uses.length < count && attempt < count * 200; attempt++) {
    const tokens = layer.takes === 'tokens' || (layer.takes === 'either' && draw.below(4) === 0)
    const input = drawInput(draw, tokens, symbols)
    const inputSymbols = input
      .slice(1)
      .flatMap((dim) => (typeof dim !== 'number' && dim.op === 'symbol' ? [dim.name] : []))
    const sizes = Object.fromEntries(inputSymbols.map((name) => [name, draw.from(2, 9)]))
    const content = tokens ? 'tokens' : 'values'
    const context = contextOf(sizes, content)
    const drawn = {
      ...defaultParameters(layer),
      ...Object.fromEntries(layer.fields.map((field) => [field.key, drawParameter(field, draw)])),
      ...fitting[layer.kind]?.(input, draw),
    }
    const parameters = layer.withData?.(drawn, context.data) ?? drawn
    const inputs = Object.fromEntries(inputPorts(layer, parameters).map((port) => [port, input]))
    const shaped = layer.shape(inputs, parameters, context)
    if ('error' in shaped) continue
    const { outputs } = shaped
    const empty = Object.values(outputs).some((shape) =>
      shape.slice(1).some((dim) => (evaluate(dim, sizes) ?? 0) < 1),
    )
    if (!empty) uses.push({ layer, inputs, outputs, parameters, sizes, content })
  }
  if (uses.length < count)
    throw new Error(
      `only ${uses.length} of ${count} random uses of ${layer.kind} are valid; tell golden/uses.ts what fits it`,
    )
  return uses
}
