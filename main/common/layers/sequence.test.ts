import { describe, expect, it } from 'vitest'
import { batch, evaluate, formatShape, symbol, type Shape } from '../dims.ts'
import { defaultParameters, trainedValues, type Layer, type Parameters, type ShapeContext } from '../layer.ts'
import { unknownData } from '../shapes.ts'
import { layerOf } from './catalogue.ts'

const T = symbol('T')
const words: Shape = [batch, T, 64]
const text = {
  ...unknownData,
  sample: [T],
  content: 'tokens' as const,
  vocabulary: 5000,
  sizes: { T: { typical: 40, largest: 900 } },
}
const context: ShapeContext = { node: 'n', data: text, widthSource: null }

const use = (kind: string, parameters: Parameters = {}): { layer: Layer; parameters: Parameters } => {
  const layer = layerOf(kind) as Layer
  const given = { ...defaultParameters(layer), ...parameters }
  return { layer, parameters: layer.withData?.(given, text) ?? given }
}

/** Output shapes, or the error with the titles of its mends. */
function says(kind: string, inputs: Record<string, Shape>, given: Parameters = {}, at = context): string {
  const { layer, parameters } = use(kind, given)
  const shaped = layer.shape(inputs, parameters, at)
  if ('error' in shaped)
    return [shaped.error.message, ...shaped.error.mends.map((mend) => mend.title)].join('; ')
  return Object.entries(shaped.outputs)
    .map(([port, shape]) => `${port} ${formatShape(shape)}`)
    .join(', ')
}

const weightCount = (kind: string, inputs: Record<string, Shape>, given: Parameters = {}): number => {
  const { layer, parameters } = use(kind, given)
  return trainedValues(layer.weights(inputs, parameters))
}

describe('Embedding', () => {
  it('has a row for each token of the data, or as many as it is told', () => {
    expect(says('embedding', { input: [batch, T] })).toBe('output B x T x 64')
    expect(weightCount('embedding', { input: [batch, T] })).toBe(5000 * 64)
    expect(weightCount('embedding', { input: [batch, T] }, { vocabulary: 6000 })).toBe(6000 * 64)
    expect(says('embedding', { input: [batch, T] }, { vocabulary: 100 })).toBe(
      'has vectors for 100 tokens, but the data has 5,000; Follow the data',
    )
    expect(says('embedding', { input: [batch, T] }, { paddingIndex: 5000 })).toBe(
      'pads with token 5000, but its tokens are 0 to 4999; Pad with none',
    )
  })

  it('waits for the data that it follows', () => {
    const { layer } = use('embedding')
    const parameters = defaultParameters(layer)
    const shaped = layer.shape({ input: [batch, T] }, parameters, { ...context, data: unknownData })
    expect(shaped).toMatchObject({ error: { incomplete: true } })
  })

  it('starts its padding row at zero', () => {
    const { layer, parameters } = use('embedding', { paddingIndex: 0 })
    expect(layer.weights({ input: [batch, T] }, parameters)[0]?.initial).toEqual({
      kind: 'normal',
      std: 1,
      zeroRow: 0,
    })
  })
})

describe('recurrent layers', () => {
  it('give the whole sequence and the state at its end', () => {
    expect(says('lstm', { input: words })).toBe('sequence B x T x 128, last B x 128')
    expect(says('gru', { input: words }, { bidirectional: true, hidden: 10 })).toBe(
      'sequence B x T x 20, last B x 20',
    )
  })

  it('say how to make a sequence of what is none', () => {
    expect(says('lstm', { input: [batch, 1, 28, 28] })).toBe(
      'expects sequences B x T x C, gets B x 1 x 28 x 28; Insert Reshape 28 x 28',
    )
    expect(says('lstm', { input: [batch, 64, T] })).toBe(
      'expects sequences B x T x C, gets B x 64 x T; Insert Transpose to B x T x 64',
    )
  })

  it('name their weights as PyTorch does, and have as many', () => {
    const { layer, parameters } = use('lstm', { hidden: 20, layers: 2, bidirectional: true })
    const specs = layer.weights({ input: [batch, T, 10] }, parameters)
    expect(specs.map(({ name, shape }) => `${name} ${shape.join('x')}`).slice(4, 10)).toEqual([
      'weight_ih_l0_reverse 80x10',
      'weight_hh_l0_reverse 80x20',
      'bias_ih_l0_reverse 80',
      'bias_hh_l0_reverse 80',
      'weight_ih_l1 80x40',
      'weight_hh_l1 80x20',
    ])
    // nn.LSTM(10, 20, 2), nn.GRU(10, 20, 2) and nn.RNN(10, 20, 2).
    const stacked = { hidden: 20, layers: 2 }
    expect(weightCount('lstm', { input: [batch, T, 10] }, stacked)).toBe(5920)
    expect(weightCount('gru', { input: [batch, T, 10] }, stacked)).toBe(4440)
    expect(weightCount('rnn', { input: [batch, T, 10] }, stacked)).toBe(1480)
  })

  it('cost a multiply-add for every weight at every step', () => {
    const { layer, parameters } = use('lstm')
    const { flops } = layer.cost({ input: words }, parameters)
    const products = 2 * 4 * 128 * (64 + 128) * 40
    expect((evaluate(flops, { T: 40 }) ?? 0) / products).toBeCloseTo(1, 1)
  })
})

describe('Positions', () => {
  it('reach to the longest sequence of the data', () => {
    expect(says('positional', { input: words })).toBe(
      'numbers up to 512 steps, but gets B x T x 64 with up to 900; Set longest to 900',
    )
    expect(says('positional', { input: words }, { maximum: 900 })).toBe('output B x T x 64')
  })

  it('are waves that turn by one radian a step at first', () => {
    const { layer, parameters } = use('positional', { method: 'sinusoidal', maximum: 3 })
    const [table] = layer.weights({ input: [batch, T, 4] }, parameters)
    if (table?.initial.kind !== 'values') throw new Error('the table has no values')
    const row = Array.from(table.initial.values).slice(4, 8)
    const expected = [Math.sin(1), Math.cos(1), Math.sin(0.01), Math.cos(0.01)]
    for (const [i, value] of expected.entries()) expect(row[i]).toBeCloseTo(value, 6)
    expect(weightCount('positional', { input: words }, { method: 'sinusoidal' })).toBe(0)
  })
})

describe('attention', () => {
  const wide: Shape = [batch, T, 512]

  it('has as many weights as in PyTorch', () => {
    // nn.MultiheadAttention(512, 8), nn.TransformerEncoderLayer(512, 8) and nn.TransformerDecoderLayer(512, 8).
    const block = { heads: 8, feedForward: 2048 }
    expect(weightCount('attention', { input: wide }, block)).toBe(1_050_624)
    expect(weightCount('transformer-encoder', { input: wide }, block)).toBe(3_152_384)
    expect(weightCount('transformer-decoder', { input: wide }, block)).toBe(3_152_384)
    const inputs = { input: wide, memory: wide }
    expect(weightCount('transformer-decoder', inputs, { ...block, memory: true })).toBe(4_204_032)
  })

  it('offers heads and widths that divide', () => {
    const widthSource = { node: 'e', title: 'Embedding', key: 'dimension' }
    expect(says('attention', { input: words }, { heads: 5 }, { ...context, widthSource })).toBe(
      'divides its width among 5 heads, but gets a width of 64; Set heads to 4; Set Embedding to 65',
    )
  })

  it('reads a memory of its own length', () => {
    const memory: Shape = [batch, symbol('S'), 32]
    expect(says('cross-attention', { query: words, memory })).toBe('output B x T x 64')
    expect(says('cross-attention', { query: words, memory: [batch, 9] })).toBe(
      'expects sequences B x T x C at its memory, gets B x 9; Insert Reshape 9 x 1',
    )
    expect(says('transformer-decoder', { input: words, memory }, { memory: true })).toBe(
      'reads a memory as wide as its input, but gets B x T x 64 and B x S x 32; Insert Linear 64 on memory',
    )
  })

  it('costs half where each step sees only what came before', () => {
    const flops = (causal: boolean): number => {
      const { layer, parameters } = use('attention', { causal })
      return evaluate(layer.cost({ input: words }, parameters).flops, { T: 100 }) ?? 0
    }
    const projections = 8 * 64 * 64 * 100
    expect(flops(false) - projections).toBe(4 * 64 * 100 * 100)
    expect(flops(true) - projections).toBe(2 * 64 * 100 * 100)
  })
})
