import { describe, expect, it } from 'vitest'
import { batch, floorDivide, formatShape, symbol, type Shape } from '../dims.ts'
import {
  checkParameter,
  defaultParameters,
  inputPorts,
  type DataShape,
  type Field,
  type Layer,
  type Parameters,
  type ShapeContext,
} from '../layer.ts'
import { classData, unknownData } from '../shapes.ts'
import { layerOf, layers } from './catalogue.ts'

const textData = { ...classData([symbol('T')], 10), content: 'tokens' as const, vocabulary: 50 }
const context = { node: 'n', data: classData([1, 28, 28], 10), widthSource: null }
const image: Shape = [batch, 1, 28, 28]
const row: Shape = [batch, 784]
const photo: Shape = [batch, 3, symbol('H'), symbol('W')]
const sequence: Shape = [batch, symbol('T'), 16]
const pair = { a: row, b: row }

/** Inputs that a kind can read where a row of features is not one. */
const examples: Readonly<Record<string, Readonly<Record<string, Shape>>>> = {
  'global-pool': { input: image },
  embedding: { input: [batch, symbol('T')] },
  rnn: { input: sequence },
  lstm: { input: sequence },
  gru: { input: sequence },
  positional: { input: sequence },
  'last-step': { input: sequence },
  attention: { input: sequence },
  'cross-attention': { query: sequence, memory: sequence },
  'transformer-encoder': { input: sequence },
  'transformer-decoder': { input: sequence },
  concat: pair,
  add: pair,
  multiply: pair,
  custom: { x: row },
}

const outputOf = (kind: string, input: Shape, parameters: Parameters = {}): string => {
  const layer = layerOf(kind) as Layer
  const shaped = layer.shape({ input }, { ...defaultParameters(layer), ...parameters }, context)
  if ('error' in shaped) return shaped.error.message
  return shaped.outputs.output ? formatShape(shaped.outputs.output) : 'end'
}

describe('every layer', () => {
  it.each(layers.map((layer) => [layer.kind, layer] as const))('%s tells its whole truth', (kind, layer) => {
    expect(layerOf(kind)).toBe(layer)
    for (const text of [layer.title, layer.help, layer.formula, layer.source.title]) expect(text).not.toBe('')
    expect(layer.source.url).toMatch(/^https:\/\//)
    const defaults = defaultParameters(layer)
    expect(layer.summary(defaults)).not.toBe('')
    for (const field of layer.fields) expect(checkParameter(field, defaults[field.key])).toBeNull()
    const inputs = examples[kind] ?? { input: row }
    const code = layer.pytorch(inputs, layer.withData?.(defaults, textData) ?? defaults)
    // A module, a function, a module written out where PyTorch has none, or what a person writes.
    const written = /^type\("\w+", \(nn\.\w+,\), \{"forward": lambda [\w, ]+: .+\}\)\(.*\)$/
    if (!written.test(code))
      expect(code).toMatch(/^(nn\.[\w.]+\(.*\)|lambda [\w, ]+: .+|CustomOperator\(\))$/)
    expect(Object.keys(inputs)).toEqual(kind === 'input' ? ['input'] : inputPorts(layer, defaults))
  })

  it('stands once in the catalogue', () => {
    expect(new Set(layers.map((layer) => layer.kind)).size).toBe(layers.length)
    expect(layerOf('nothing')).toBeUndefined()
  })
})

describe('shapes', () => {
  it.each<[string, Shape, Parameters, string]>([
    ['flatten', image, {}, 'B x 784'],
    ['flatten', row, {}, 'B x 784'],
    ['linear', row, { outFeatures: 256 }, 'B x 256'],
    ['linear', image, { outFeatures: 5 }, 'B x 1 x 28 x 5'],
    ['linear', row, { inFeatures: 100 }, 'expects B x 100, gets B x 784'],
    ['linear', [batch], {}, 'expects B x features, gets B'],
    ['linear', photo, {}, 'joins the last axis and needs its size fixed, gets B x 3 x H x W'],
    ['conv2d', image, {}, 'B x 32 x 28 x 28'],
    ['conv2d', image, { padding: 'valid', kernel: 5 }, 'B x 32 x 24 x 24'],
    ['conv2d', photo, { stride: 2 }, 'B x 32 x ⌈H/2⌉ x ⌈W/2⌉'],
    ['conv2d', photo, { stride: 2, padding: 'valid' }, 'B x 32 x ⌊(H-1)/2⌋ x ⌊(W-1)/2⌋'],
    ['conv2d', photo, { kernel: [7, 1], padding: 'amount', amount: [3, 0] }, 'B x 32 x H x W'],
    ['conv2d', image, { groups: 2 }, 'splits channels into 2 groups, but gets 1 channels (B x 1 x 28 x 28)'],
    [
      'conv2d',
      photo,
      { groups: 3 },
      'splits channels into 3 groups, and 32 channels out cannot be divided so',
    ],
    ['conv2d', row, {}, 'expects images B x C x H x W, gets B x 784'],
    [
      'conv2d',
      [batch, 8, 2, 2],
      { padding: 'valid' },
      'slides a window over 3 x 3 places, but gets B x 8 x 2 x 2 (2 x 2 with padding)',
    ],
    ['depthwise-conv2d', photo, { multiplier: 2, stride: 2 }, 'B x 6 x ⌈H/2⌉ x ⌈W/2⌉'],
    ['max-pool2d', photo, {}, 'B x 3 x ⌊H/2⌋ x ⌊W/2⌋'],
    ['max-pool2d', image, { kernel: 3, stride: 2, padding: 1 }, 'B x 1 x 14 x 14'],
    ['max-pool2d', image, { padding: 2 }, 'has padding of 2; at most half the window, 1, makes sense'],
    ['avg-pool2d', photo, { kernel: 3, stride: 3 }, 'B x 3 x ⌊H/3⌋ x ⌊W/3⌋'],
    ['batch-norm', photo, {}, 'B x 3 x H x W'],
    ['batch-norm', sequence, {}, 'B x T x 16'],
    [
      'batch-norm',
      [batch, symbol('T')],
      {},
      'expects B x C x H x W, B x T x C or B x C with C fixed, gets B x T',
    ],
    ['conv1d', sequence, {}, 'B x T x 32'],
    ['conv1d', sequence, { padding: 'causal', kernel: 4 }, 'B x T x 32'],
    ['conv1d', sequence, { padding: 'valid', kernel: 4, stride: 2 }, 'B x ⌊(T-2)/2⌋ x 32'],
    ['conv1d', row, {}, 'expects sequences B x T x C, gets B x 784'],
    ['conv-transpose2d', photo, {}, 'B x 32 x 2·H x 2·W'],
    ['conv-transpose2d', photo, { kernel: 3, padding: 1 }, 'B x 32 x 2·H-1 x 2·W-1'],
    [
      'conv-transpose2d',
      [batch, 8, 2, 2],
      { padding: 2 },
      'cuts more from the sides than there is: B x 8 x 2 x 2 becomes 0 x 0',
    ],
    [
      'conv-transpose2d',
      photo,
      { outputPadding: 2 },
      'has output padding of 2, which must be less than the stride of 2',
    ],
    ['max-pool1d', sequence, {}, 'B x ⌊T/2⌋ x 16'],
    ['avg-pool1d', sequence, { kernel: 3, stride: 1, padding: 1 }, 'B x T x 16'],
    ['adaptive-pool2d', photo, { size: [2, 3] }, 'B x 3 x 2 x 3'],
    ['upsample', photo, {}, 'B x 3 x 2·H x 2·W'],
    ['upsample', photo, { by: 'size', size: 64 }, 'B x 3 x 64 x 64'],
    ['pad', photo, { amount: [1, 2, 0, 3] }, 'B x 3 x H+3 x W+3'],
    [
      'pad',
      image,
      { amount: 28, mode: 'reflect' },
      'mirrors 28 x 28 places, but B x 1 x 28 x 28 has only 27 x 27 beside its edge',
    ],
    ['layer-norm', sequence, {}, 'B x T x 16'],
    ['layer-norm', photo, {}, 'normalises the last axis and needs its size fixed, gets B x 3 x H x W'],
    ['rms-norm', row, {}, 'B x 784'],
    ['group-norm', [batch, 16, symbol('H'), symbol('W')], {}, 'B x 16 x H x W'],
    ['group-norm', photo, {}, 'splits channels into 8 groups, but gets 3 channels (B x 3 x H x W)'],
    [
      'group-norm',
      sequence,
      {},
      'expects images B x C x H x W, gets B x T x 16; use Layer norm for sequences',
    ],
    ['softmax', [batch, symbol('T')], {}, 'B x T'],
    ['relu', image, {}, 'B x 1 x 28 x 28'],
    ['sigmoid', row, {}, 'B x 784'],
    ['tanh', row, {}, 'B x 784'],
    ['dropout', row, {}, 'B x 784'],
    ['positional', sequence, {}, 'B x T x 16'],
    ['positional', [batch, 600, 16], {}, 'numbers up to 512 steps, but gets B x 600 x 16 with up to 600'],
    ['last-step', sequence, {}, 'B x 16'],
    ['last-step', row, {}, 'expects sequences B x T x C, gets B x 784'],
    ['attention', sequence, {}, 'B x T x 16'],
    ['attention', sequence, { heads: 5 }, 'divides its width among 5 heads, but gets a width of 16'],
    ['transformer-encoder', sequence, { heads: 8 }, 'B x T x 16'],
    ['transformer-decoder', row, {}, 'expects sequences B x T x C, gets B x 784'],
    ['transpose', sequence, {}, 'B x 16 x T'],
    ['transpose', photo, { second: 3 }, 'B x W x H x 3'],
    ['transpose', row, {}, 'swaps axes 1 and 2, but gets B x 784 with axes 1 to 1'],
    ['reshape', row, { sizes: [28, 28] }, 'B x 28 x 28'],
    ['reshape', row, { sizes: [-1, 28] }, 'B x 28 x 28'],
    ['reshape', row, { sizes: [10, 10] }, 'lays out 10 x 10 = 100 values a sample, but gets 784 = 784'],
    [
      'reshape',
      row,
      { sizes: [-1, -1] },
      'has sizes -1 x -1; they must be 1 or more, and one of them may be −1',
    ],
    ['reshape', sequence, { sizes: [-1, 4, 4] }, 'B x T x 4 x 4'],
    ['reshape', sequence, { sizes: [-1, 8] }, 'B x 2·T x 8'],
    ['reshape', photo, { sizes: [3, -1] }, 'B x 3 x H·W'],
    [
      'reshape',
      sequence,
      { sizes: [4, -1] },
      'lays T x 16 out as 4 x ?, which cuts across T; the open size must begin where that does',
    ],
    ['reshape', sequence, { sizes: [-1, 5] }, 'lays out ? x 5 values a sample, but gets T x 16 = 16·T'],
    [
      'split',
      sequence,
      { sizes: [8, 9] },
      'splits 8 + 9 = 17 along axis 2, but gets B x T x 16 with 16 there',
    ],
    [
      'split',
      sequence,
      { sizes: [8, 8], axis: 1 },
      'splits axis 1 and needs its size fixed, gets B x T x 16',
    ],
    ['output', [batch, 10], {}, 'end'],
    ['output', [batch, 9], {}, 'expects B x 10 (the data has 10 classes), gets B x 9'],
    ['output', image, {}, 'expects B x 10, gets B x 1 x 28 x 28'],
    ['input', row, {}, 'B x 1 x 28 x 28'],
    ['input', row, { shape: [1, 28, 28] }, 'B x 1 x 28 x 28'],
    ['input', row, { shape: [3, 8] }, 'is set to 3 x 8, but the data has samples of 1 x 28 x 28'],
  ])('%s of %j with %j is %s', (kind, input, parameters, expected) => {
    expect(outputOf(kind, input, parameters)).toBe(expected)
  })
})

describe('Output', () => {
  const output = layerOf('output') as Layer
  const steps = {
    ...unknownData,
    sample: [symbol('T')],
    content: 'tokens' as const,
    vocabulary: 50,
    classes: 50,
  }
  const numbers = { ...unknownData, sample: [8], task: 'regress' as const, classes: 2 }
  const says = (input: Shape, data: DataShape, widthSource: ShapeContext['widthSource'] = null): string => {
    const parameters = output.withData?.(defaultParameters(output), data) ?? {}
    const shaped = output.shape({ input }, parameters, { node: 'n', data, widthSource })
    if (!('error' in shaped)) return output.summary(parameters)
    return [shaped.error.message, ...shaped.error.mends.map((mend) => mend.title)].join('; ')
  }

  it('expects what the task of the data asks for', () => {
    const next = { ...steps, task: 'next-token' as const }
    expect(says([batch, symbol('T'), 50], next)).toBe('cross-entropy, next token')
    expect(says([batch, symbol('T'), 64], next)).toBe(
      'expects B x T x 50 (the data has 50 tokens), gets B x T x 64; Insert Linear 50',
    )
    expect(says([batch, 50], next)).toBe('expects B x T x 50, gets B x 50')
    expect(says([batch, floorDivide(symbol('T'), 2), 50], next)).toBe(
      'expects B x T x 50, gets B x ⌊T/2⌋ x 50',
    )
    expect(says([batch, symbol('T'), 50], steps)).toBe('expects B x 50, gets B x T x 50; Insert Global pool')
    expect(says([batch, 2], numbers)).toBe('mean squared error')
    expect(says([batch, 3], numbers, { node: 'l', title: 'Linear', key: 'outFeatures' })).toBe(
      'expects B x 2 (the data has 2 targets), gets B x 3; Set Linear to 2',
    )
  })

  it('is written as the loss that PyTorch has for it', () => {
    const code = (parameters: Parameters): string => output.pytorch({ input: row }, parameters)
    expect(code({ task: 'next-token', labelSmoothing: 0.1 })).toBe('nn.CrossEntropyLoss(label_smoothing=0.1)')
    expect(code({ task: 'regress', loss: 'huber' })).toBe('nn.HuberLoss()')
  })
})

describe('Linear', () => {
  const linear = layerOf('linear') as Layer
  const sized = { ...defaultParameters(linear), outFeatures: 10 }

  it('has the weights of torch.nn.Linear, drawn from the same range', () => {
    const bound = 1 / Math.sqrt(784)
    expect(linear.weights({ input: row }, sized)).toEqual([
      { name: 'weight', shape: [10, 784], initial: { kind: 'uniform', bound } },
      { name: 'bias', shape: [10], initial: { kind: 'uniform', bound } },
    ])
    expect(linear.weights({ input: row }, { ...sized, bias: false })).toHaveLength(1)
  })

  it('costs what its weights and multiply-adds are', () => {
    expect(linear.cost({ input: row }, sized)).toEqual({
      flops: 15680,
      keeps: { inputs: ['input'], outputs: [] },
      extraBytes: 0,
    })
    expect(linear.cost({ input: [batch, 3, 784] }, { ...sized, bias: false })).toMatchObject({
      flops: 3 * 15680,
    })
  })

  it('is written as PyTorch writes it', () => {
    expect(linear.pytorch({ input: row }, { ...sized, bias: false })).toBe('nn.Linear(784, 10, bias=False)')
  })
})

describe('mends', () => {
  const mendsOf = (kind: string, shape: Shape, parameters: Parameters = {}): string[] => {
    const layer = layerOf(kind) as Layer
    const shaped = layer.shape({ input: shape }, { ...defaultParameters(layer), ...parameters }, context)
    return 'error' in shaped ? shaped.error.mends.map(({ title }) => title) : ['nothing is wrong']
  }

  it.each<[string, Shape, Parameters, string[]]>([
    ['linear', photo, {}, ['Insert Global pool']],
    ['linear', photo, { inFeatures: 3 }, ['Insert Global pool']],
    ['linear', image, { inFeatures: 784 }, ['Set inputs to 28', 'Insert Flatten']],
    ['conv2d', row, {}, ['Insert Reshape 1 x 28 x 28']],
    ['conv2d', [batch, 3072], {}, ['Insert Reshape 3 x 32 x 32']],
    ['conv2d', [batch, 28, 28], {}, ['Insert Reshape 1 x 28 x 28']],
    ['conv2d', [batch, 10], {}, []],
    ['conv2d', photo, { groups: 3 }, ['Set channels out to 33', 'Set groups to 1']],
    ['conv2d', [batch, 8, 2, 4], { padding: 'valid' }, ['Pad to the same size', 'Set kernel to 2 x 3']],
    ['max-pool2d', [batch, 8, 1, 1], {}, ['Set kernel to 1 x 1']],
    ['max-pool2d', image, { padding: 2 }, ['Set padding to 1']],
    ['conv1d', row, {}, ['Insert Reshape 784 x 1']],
    ['conv-transpose2d', photo, { outputPadding: 2 }, ['Set output padding to 0']],
    ['group-norm', photo, {}, ['Set groups to 3']],
    ['pad', image, { amount: 28, mode: 'reflect' }, ['Repeat the edge instead']],
  ])('%s of %j with %j: %j', (kind, shape, parameters, expected) => {
    expect(mendsOf(kind, shape, parameters)).toEqual(expected)
  })
})

describe('checkParameter', () => {
  const field = (kind: string, key: string): Field =>
    layerOf(kind)?.fields.find((candidate) => candidate.key === key) as Field

  it.each([
    ['linear', 'outFeatures', 256, null],
    ['linear', 'outFeatures', 0, 'Outputs is 0; it must be a whole number from 1 to 65536.'],
    ['linear', 'outFeatures', 2.5, 'Outputs is 2.5; it must be a whole number from 1 to 65536.'],
    ['linear', 'outFeatures', '', 'Outputs is empty; it must be a whole number from 1 to 65536.'],
    ['linear', 'outFeatures', '12a', 'Outputs is 12a; it must be a whole number from 1 to 65536.'],
    ['linear', 'inFeatures', null, null],
    ['linear', 'bias', 'yes', 'Bias is yes; it must be on or off.'],
    ['dropout', 'p', 0.95, null],
    ['dropout', 'p', 1, 'Probability is 1; it must be a number from 0 to 0.95.'],
    ['dropout', 'p', Number.NaN, 'Probability is NaN; it must be a number from 0 to 0.95.'],
    ['input', 'shape', [1, 28, 28], null],
    ['input', 'shape', [1, 0], 'Shape of a sample is 1 x 0; it must be whole sizes such as 1 x 28 x 28.'],
    ['input', 'shape', 'big', 'Shape of a sample is big; it must be whole sizes such as 1 x 28 x 28.'],
  ] as const)('%s.%s = %j: %s', (kind, key, value, expected) => {
    expect(checkParameter(field(kind, key), value as Parameters[string])).toBe(expected)
  })
})
