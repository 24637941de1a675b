import { describe, expect, it } from 'vitest'
import { batch, formatShape } from '../dims.ts'
import { defaultParameters, inputPorts, outputPorts, type Parameters } from '../layer.ts'
import { unknownData } from '../shapes.ts'
import { custom } from './custom.ts'

const sized = (parameters: Parameters): Parameters => ({ ...defaultParameters(custom), ...parameters })
const context = { node: 'n', data: unknownData, widthSource: null }

describe('Custom operator', () => {
  it.each<[Parameters, string[], string[]]>([
    [{}, ['x'], ['output']],
    [{ inputs: 'a, b', forward: 'c = a\nd = b' }, ['a', 'b'], ['output']],
    [{ inputs: 'a, b', forward: 'c = a\nd = b', outputs: 'c, d' }, ['a', 'b'], ['c', 'd']],
    // Half typed: what can be read stands.
    [{ inputs: 'a, ', forward: 'c = a *' }, ['a'], ['output']],
    [{ inputs: 'a', forward: '= a', outputs: 'c, 4' }, ['a'], ['c']],
    [{ inputs: '', forward: '' }, [], ['output']],
  ])('%j has its ports', (parameters, inputs, outputs) => {
    expect(inputPorts(custom, sized(parameters))).toEqual(inputs)
    expect(outputPorts(custom, sized(parameters))).toEqual(outputs)
  })

  it('says where a mistake is', () => {
    const shape = (parameters: Parameters): string => {
      const shaped = custom.shape({ x: [batch, 8] }, sized(parameters), context)
      return 'error' in shaped ? shaped.error.message : Object.values(shaped.outputs).map(formatShape).join()
    }
    expect(shape({})).toBe('B x 8')
    expect(shape({ forward: 'y = x *' })).toBe(
      'has a mistake in line 1, column 8 of its forward: the line ends before the expression does; is a bracket or a value missing?',
    )
    expect(shape({ forward: 'a = x\ny = a + w', weights: 'w: 4' })).toBe(
      'has a mistake in line 2, column 5 of its forward: "+" gets B x 8 and 4, which do not broadcast',
    )
  })

  it('has the weights it declares', () => {
    expect(custom.weights({}, sized({ weights: 'w: 8 x 2\nb: 2 zeros' }))).toEqual([
      { name: 'w', shape: [8, 2], initial: { kind: 'uniform', bound: 1 / Math.sqrt(8) } },
      { name: 'b', shape: [2], initial: { kind: 'zeros' } },
    ])
    expect(custom.weights({}, sized({ weights: 'w' }))).toEqual([])
  })

  it('shows its last line', () => {
    expect(custom.summary(sized({ forward: 'a = x\ny = a\n' }))).toBe('y = a')
    expect(custom.summary(sized({ forward: `y = x ${'+ x '.repeat(20)}` }))).toHaveLength(26)
    expect(custom.summary(sized({ forward: ' ' }))).toBe('nothing yet')
  })
})
