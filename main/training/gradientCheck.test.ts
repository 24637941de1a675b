import { describe, expect, it } from 'vitest'
import { emptyDocument, type ModelDocument } from '../common/document.ts'
import { addNode } from '../common/edit.ts'
import { UserError } from '../common/errors.ts'
import { liveTensors } from '../engine/index.ts'
import { checkGradients } from './gradientCheck.ts'

const withOperator = (parameters: Record<string, string>): ModelDocument =>
  addNode(emptyDocument(), 'custom', { x: 0, y: 0 }, parameters).document

const check = (parameters: Record<string, string>) =>
  checkGradients({ document: withOperator(parameters), nodeId: 'custom', dataset: null })

const refusal = (action: () => unknown): string => {
  try {
    action()
  } catch (error) {
    if (error instanceof UserError) return `${error.code}: ${error.message}`
    throw error
  }
  return 'nothing refused'
}

describe('check gradients', () => {
  const product = { inputs: 'x, y', forward: 'z = x * y' }

  it('finds both mistakes of the published operator, and passes it when mended', () => {
    const [x, y] = check({ ...product, backward: 'grad_x = grad * x\ngrad_y = none' })
    expect(x).toMatchObject({ input: 'x', passed: false, none: false, compared: 36 })
    const { largest } = x as NonNullable<typeof x>
    expect(largest?.of).toEqual(largest?.index)
    // The operator says x where y is right.
    expect(largest?.analytical).not.toBeCloseTo(largest?.numerical ?? 0, 1)
    expect(y).toMatchObject({ input: 'y', passed: false, none: true, largest: { analytical: 0 } })
    expect(Math.abs(y?.largest?.numerical ?? 0)).toBeGreaterThan(0.4)

    const mended = check({ ...product, backward: 'grad_x = grad * y\ngrad_y = grad * x' })
    expect(mended).toMatchObject([
      { input: 'x', passed: true, none: false },
      { input: 'y', passed: true, none: false },
    ])
  })

  it('is content with none where nothing depends on an input', () => {
    expect(
      check({ inputs: 'x, y', forward: 'z = x + 0 * y', backward: 'grad_x = grad\ngrad_y = none' }),
    ).toMatchObject([{ passed: true }, { passed: true, none: true }])
  })

  it('looks at weights and at every output, and finds a factor that is off by a thousandth or two', () => {
    const parameters = {
      inputs: 'x',
      weights: 'w: 3 x 5',
      forward: 'a = matmul(x, w)\nb = exp(a)',
      outputs: 'a, b',
      backward:
        'd = grad_a + grad_b * b\ngrad_x = matmul(d, transpose(w, 0, 1))\ngrad_w = 1.002 * matmul(transpose(x, 0, 1), d)',
    }
    expect(check(parameters)).toMatchObject([
      { input: 'x', passed: true },
      { input: 'w', passed: false },
    ])
  })

  it('passes what autograd derives, at positive numbers where others have no value', () => {
    expect(check({ inputs: 'x', forward: 'y = log(x) + sqrt(x) + softmax(x, 1)' })).toMatchObject([
      { input: 'x', passed: true },
    ])
  })

  it('compares some of many elements', () => {
    const [x] = check({ inputs: 'x', weights: 'w: 3 x 500', forward: 'y = matmul(x, w)' })
    expect(x).toMatchObject({ passed: true, compared: 6 * 64 })
  })

  it('leaves nothing behind in the engine', () => {
    const before = liveTensors()
    check({ ...product, backward: 'grad_x = grad * y\ngrad_y = grad * x' })
    expect(liveTensors()).toBe(before)
  })

  it('refuses what it cannot compare', () => {
    expect(refusal(() => check({ inputs: 'x', forward: 'y = x *' }))).toMatch(
      /^model\/operator: .*line 1, column 8 of its forward.* Mend that line first/,
    )
    expect(refusal(() => check({ inputs: 'x', weights: 'w: 7 x 7', forward: 'y = matmul(x, w)' }))).toMatch(
      /Wire its inputs/,
    )
    expect(refusal(() => check({ inputs: 'x', forward: 'y = log(-abs(x))' }))).toMatch(/^model\/not-finite/)
    expect(
      refusal(() => checkGradients({ document: emptyDocument(), nodeId: 'relu', dataset: null })),
    ).toMatch(/^model\/no-operator/)
  })
})
