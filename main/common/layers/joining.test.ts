import { describe, expect, it } from 'vitest'
import { addAfter, applyMend, connect } from '../edit.ts'
import { batch, formatShape, symbol, type Shape } from '../dims.ts'
import { defaultParameters, type Layer, type Mend, type Parameters } from '../layer.ts'
import { analyse, classData } from '../shapes.ts'
import { chain } from '../templates.ts'
import { layerOf } from './catalogue.ts'

const [H, W, T] = ['H', 'W', 'T'].map(symbol) as [Shape[number], Shape[number], Shape[number]]
const context = { node: 'n', data: classData(null, null), widthSource: null }

function shaped(kind: string, inputs: Record<string, Shape>, given: Parameters = {}) {
  const layer = layerOf(kind) as Layer
  return layer.shape(inputs, { ...defaultParameters(layer), ...given }, context)
}

const says = (kind: string, inputs: Record<string, Shape>, given: Parameters = {}): string => {
  const result = shaped(kind, inputs, given)
  if ('error' in result)
    return [result.error.message, ...result.error.mends.map((mend) => mend.title)].join('; ')
  return Object.values(result.outputs).map(formatShape).join(', ')
}

describe('Add and Multiply', () => {
  it('stretch an axis of size 1, and nothing else', () => {
    const image: Shape = [batch, 8, H, W]
    expect(says('multiply', { a: image, b: [batch, 8, 1, 1] })).toBe('B x 8 x H x W')
    expect(says('add', { a: [batch, 1, 4], b: [batch, T, 4] })).toBe('B x T x 4')
    expect(says('add', { a: [batch, 4], b: [batch, T, 4] })).toBe(
      'adds inputs of one shape, but a is B x 4 and b is B x T x 4',
    )
  })

  it('offer a projection on the shortcut', () => {
    expect(says('add', { a: [batch, T, 64], b: [batch, T, 32] })).toBe(
      'adds inputs of one shape, but a is B x T x 64 and b is B x T x 32; Insert Linear 64 on b; Insert Linear 32 on a',
    )
    expect(says('add', { a: [batch, 64, 28, 28], b: [batch, 32, 28, 28] })).toMatch(
      /; Insert 1 x 1 Conv to 64 channels on b; Insert 1 x 1 Conv to 32 channels on a$/,
    )
  })

  it('are mended by it, stride and sizes that vary included', () => {
    let document = chain('residual', [
      ['input', 'input'],
      ['conv', 'conv2d', { outChannels: 16, stride: 2 }],
      ['add', 'add'],
    ])
    document = {
      ...document,
      wires: document.wires.map((wire) =>
        wire.to.node === 'add' ? { ...wire, to: { node: 'add', port: 'a' } } : wire,
      ),
    }
    const wired = connect(document, { node: 'input', port: 'output' }, { node: 'add', port: 'b' })
    if (!('document' in wired)) throw new Error(wired.refused)
    const data = classData([3, H, W], null)
    const before = analyse(wired.document, data).nodes.get('add')
    const mend = before?.error?.mends[0] as Mend
    expect(mend.title).toBe('Insert 1 x 1 Conv to 16 channels, stride 2, on b')
    const mended = applyMend(wired.document, mend)
    if (!('document' in mended)) throw new Error(mended.refused)
    const after = analyse(mended.document, data).nodes.get('add')
    expect(after?.error).toBeNull()
    expect(formatShape(after?.outputs['output'] ?? [])).toBe('B x 16 x ⌈H/2⌉ x ⌈W/2⌉')
  })
})

describe('Concat and Split', () => {
  it('join channels of images and features of the rest', () => {
    expect(says('concat', { a: [batch, 3, H, W], b: [batch, 5, H, W] })).toBe('B x 8 x H x W')
    expect(says('concat', { a: [batch, T, 3], b: [batch, T, 5] })).toBe('B x T x 8')
    expect(says('concat', { a: [batch, T, 3], b: [batch, 2, 3] }, { axis: 1 })).toBe('B x T+2 x 3')
  })

  it('offer the axis along which the inputs do fit', () => {
    expect(says('concat', { a: [batch, T, 3], b: [batch, 2, 3] })).toBe(
      'joins inputs that agree in all but axis 2, but a is B x T x 3 and b is B x 2 x 3; Join along axis 1',
    )
    expect(says('concat', { a: [batch, 3], b: [batch, 3] }, { axis: 2 })).toBe(
      'joins along axis 2, but its inputs are B x 3 and have axes up to 1; Join channels or features',
    )
  })

  it('cut what was joined, with sizes that come out', () => {
    expect(says('split', { input: [batch, T, 8] }, { sizes: [3, 5] })).toBe('B x T x 3, B x T x 5')
    expect(says('split', { input: [batch, T, 8] }, { sizes: [3, 3] })).toBe(
      'splits 3 + 3 = 6 along axis 2, but gets B x T x 8 with 8 there; Split 4 + 4; Split 3 + 5',
    )
  })

  it('have a port for each part, in the order of the letters', () => {
    const { inputs } = layerOf('concat') as Layer
    const { outputs } = layerOf('split') as Layer
    if (typeof inputs !== 'function' || typeof outputs !== 'function') throw new Error('ports are fixed')
    expect(inputs({ inputs: 3 })).toEqual(['a', 'b', 'c'])
    expect(inputs({ inputs: 1e9 })).toHaveLength(8)
    expect(outputs({ sizes: [1, 2, 3, 4] })).toEqual(['a', 'b', 'c', 'd'])
    expect(outputs({ sizes: 'none' })).toEqual(['a', 'b'])
  })
})

describe('Global pool', () => {
  it('makes one row of a sequence or an image', () => {
    expect(says('global-pool', { input: [batch, T, 64] })).toBe('B x 64')
    expect(says('global-pool', { input: [batch, 64, H, W] }, { method: 'max' })).toBe('B x 64')
    expect(says('global-pool', { input: [batch, 64, T] })).toBe(
      'pools the steps of B x T x features, gets B x 64 x T; Pool the last axis',
    )
    expect(says('global-pool', { input: [batch, 64, H, W] }, { method: 'last' })).toMatch(
      /^takes the last step of .*; Take the mean; Take the maximum$/,
    )
  })

  it('is what an Output asks for behind a sequence', () => {
    const document = addAfter(chain('m', [['input', 'input', {}]]), 'input', 'output').document
    const [problem] = analyse(document, classData([T, 7], 7)).problems
    expect(problem?.mends.map((mend) => mend.title)).toEqual(['Insert Global pool'])
    const mended = applyMend(document, problem?.mends[0] as Mend)
    if (!('document' in mended)) throw new Error(mended.refused)
    expect(analyse(mended.document, classData([T, 7], 7)).problems).toEqual([])
  })
})
