import { Worker } from 'node:worker_threads'
import { afterAll, describe, expect, test } from 'vitest'
import * as engine from './index.ts'
import type { FunctionContext, Tensor } from './index.ts'

const { F, Function, grad, liveTensors, memoryStats, ones, scope, tensor, zeros } = engine

const variable = (data: number[]): Tensor => tensor(data, { dtype: 'float64', requiresGrad: true })

class WrongShape extends Function {
  static forward(_ctx: FunctionContext, x: Tensor): Tensor {
    return x.mul(2)
  }
  static backward(): Tensor {
    return zeros([7], { dtype: 'float64' })
  }
}

/** What goes wrong for people, the code it has, and the words it is told in. */
// prettier-ignore
const table: [what: string, code: string, message: string, body: () => unknown][] = [
  ['shapes', 'TAPE_SHAPE', '[add] shapes 2x3 and 2x4 do not broadcast: sizes 3 and 4 differ at dimension 1',
    () => ones([2, 3]).add(ones([2, 4]))],
  ['shapes of a layer', 'TAPE_SHAPE', '[linear] weight expects 784 input features, got 100 (input 32x100, weight 256x784)',
    () => F.linear(ones([32, 100]), ones([256, 784]))],
  ['dtypes', 'TAPE_DTYPE', '[add] dtypes differ: float32 and float64, convert one with to()',
    () => ones([2]).add(variable([1, 2]))],
  ['gradients of integers', 'TAPE_DTYPE', '[requiresGrad] only floating tensors can require gradients, got int64',
    () => zeros([2], { dtype: 'int64', requiresGrad: true })],
  ['devices', 'TAPE_DEVICE', "[to] device cuda: this build of the engine has no CUDA part (libtape_cuda.so is not beside it), stay on 'cpu'",
    () => ones([2]).to('cuda')],
  ['another GPU', 'TAPE_DEVICE', "[to] device cuda:1: one GPU is used, 'cuda', choose it with CUDA_VISIBLE_DEVICES",
    () => ones([2]).to('cuda:1' as 'cuda')],
  ['an index out of range', 'TAPE_VALUE', '[select] index 2 is outside dimension 0 of 2x3',
    () => ones([2, 3]).select(0, 2)],
  ['an index tensor out of range', 'TAPE_VALUE', '[indexSelect] index 5 at position 1 is outside 0..1 (input 2x3, dim 0)',
    () => ones([2, 3]).indexSelect(0, tensor([0, 5], { dtype: 'int64' }))],
  ['a label out of range', 'TAPE_VALUE', '[crossEntropy] label 3 at row 0 is outside 0..2 (logits 1x3)',
    () => F.crossEntropy(ones([1, 3]), tensor([3], { dtype: 'int64' }))],
  ['a saved tensor changed in place', 'TAPE_GRADIENT',
    '[square] a tensor saved for backward (float64 2, input) was changed in place: it is at version 1, expected version 0, change a clone() instead',
    () => { const y = variable([1, 2]).mul(1); const z = y.square().sum(); y.add_(1); z.backward() }],
  ['a saved output changed through a view', 'TAPE_GRADIENT',
    '[exp] a tensor saved for backward (float64 2, output) was changed in place: it is at version 1, expected version 0, change a clone() instead',
    () => { const y = variable([1, 2]).exp(); const z = y.sum(); y.detach().zero_(); z.backward() }],
  ['a leaf changed in place', 'TAPE_GRADIENT',
    '[add_] a leaf that requires gradients cannot be changed in place (shape 2), do it inside noGrad()',
    () => variable([1, 2]).add_(1)],
  ['a view of a leaf changed in place', 'TAPE_GRADIENT',
    '[fill_] a view of a leaf that requires gradients cannot be changed in place (shape scalar), do it inside noGrad()',
    () => variable([1, 2]).select(0, 0).fill_(1)],
  ['an expanded tensor changed in place', 'TAPE_VALUE',
    '[add_] cannot write into an expanded tensor of shape 3x2, whose elements share memory, use clone() first',
    () => ones([1, 2]).expand(3, 2).add_(1)],
  ['a second backward', 'TAPE_GRADIENT',
    '[square] backward a second time: what this op saved was released by the first one, pass retainGraph',
    () => { const y = variable([1, 2]).square().sum(); y.backward(); y.backward() }],
  ['backward from several elements', 'TAPE_GRADIENT',
    '[backward] the output has 2 elements (2), pass a gradient of that shape or reduce it to one element',
    () => variable([1, 2]).mul(2).backward()],
  ['backward from a constant', 'TAPE_GRADIENT',
    '[backward] the output (float32 scalar) does not require gradients: nothing it was made from has requiresGrad',
    () => ones([2]).sum().backward()],
  ['a gradient that does not fit', 'TAPE_GRADIENT', '[backward] the gradient given is float32 2, expected float64 2',
    () => variable([1, 2]).mul(2).backward(ones([2]))],
  ['an input that is not used', 'TAPE_GRADIENT',
    '[grad] input 0 (1) is not used by the outputs, pass allowUnused to get nothing for it',
    () => grad(variable([1]).sum(), [variable([1])])],
  ['an input without gradients', 'TAPE_GRADIENT', '[grad] input 0 does not require gradients',
    () => grad(variable([1]).sum(), [ones([1])])],
  ['its own gradient', 'TAPE_VALUE', '[grad] a tensor cannot be its own gradient, use clone()',
    () => { const x = ones([2]); x.grad = x }],
  ['a gradient of another shape', 'TAPE_SHAPE', '[grad] the gradient must be float64 2, got float32 3',
    () => { variable([1, 2]).grad = ones([3]) }],
  ['a custom function\'s gradient', 'TAPE_GRADIENT', '[WrongShape] gradient of input 0 has shape 7, expected 2',
    () => WrongShape.apply(variable([1, 2])).sum().backward()],
  ['use after dispose', 'TAPE_HANDLE',
    '[mul] the tensor was disposed, keep() it or return it from its scope() to use it afterwards',
    () => { const x = ones([2]); x.dispose(); x.mul(2) }],
  ['use after its scope', 'TAPE_HANDLE',
    '[add] the tensor was disposed, keep() it or return it from its scope() to use it afterwards',
    () => { let x!: Tensor; scope(() => void (x = ones([2]))); ones([2]).add(x) }],
  ['backward after dispose', 'TAPE_HANDLE',
    '[backward] the tensor was disposed, keep() it or return it from its scope() to use it afterwards',
    () => { const x = variable([1]).mul(2); x.dispose(); x.backward() }],
  ['a disposed tensor in a list', 'TAPE_HANDLE',
    '[grad] the tensor was disposed, keep() it or return it from its scope() to use it afterwards',
    () => { const x = variable([1]); const y = x.mul(2); x.dispose(); grad(y, [x]) }],
  ['a tensor too large to exist', 'TAPE_MEMORY',
    '[memory] a tensor of shape 1000000000x1000000000 has 1e+18 elements, more than any memory holds, check the shape',
    () => zeros([1e9, 1e9])],
  ['a negative size', 'TAPE_SHAPE', '[shape] size -1 is negative (shape 2x-1)', () => engine.rand([2, -1])],
  ['turning off gradients of a result', 'TAPE_GRADIENT',
    '[requiresGrad] this tensor is the result of a recorded op, use detach() to cut it off',
    () => variable([1]).mul(2).requiresGrad_(false)],
  ['cutting off a view', 'TAPE_GRADIENT',
    '[detach_] a view cannot be cut off its base in place (shape 1), use detach()',
    () => variable([1, 2]).mul(2).narrow(0, 0, 1).detach_()],
]

describe('errors', () => {
  const before = [liveTensors(), memoryStats().liveTensors, memoryStats().liveNodes]
  afterAll(() => expect([liveTensors(), memoryStats().liveTensors, memoryStats().liveNodes]).toEqual(before))

  test.each(table)('%s', (_what, code, message, body) => {
    let thrown: unknown
    scope(() => {
      try {
        body()
      } catch (error) {
        thrown = error
      }
    })
    expect(thrown).toBeInstanceOf(Error)
    expect((thrown as Error).message).toBe(message)
    expect((thrown as { code?: unknown }).code).toBe(code)
  })

  test('an argument of a wrong kind is a TypeError that names the function', () => {
    scope(() => {
      const x = ones([2])
      const nothing = undefined as unknown as Tensor
      expect(() => x.add(nothing)).toThrow(
        new TypeError('[add] expected a Tensor, got undefined, check the arguments'),
      )
      expect(() => F.relu(nothing)).toThrow(TypeError)
      expect(() => x.add({} as Tensor)).toThrow('[add] argument 2 must be a Tensor')
      expect(() => scope(5 as unknown as () => void)).toThrow(
        '[scope] expected a function to call, got number',
      )
    })
  })

  test('a handle used in another thread is told from a disposed one', async () => {
    const x = ones([2])
    const code = `
      const { parentPort, workerData } = require('node:worker_threads')
      const addon = require(workerData.addon)
      const mine = addon.full([2], 1, 0)
      try { addon.add(mine, workerData.id) } catch (error) { parentPort.postMessage([error.code, error.message]) }`
    const { addonPath } = await import('./addon.ts')
    const answer = await new Promise((resolve, reject) => {
      const worker = new Worker(code, { eval: true, workerData: { addon: addonPath(), id: x.id } })
      worker.once('message', resolve)
      worker.once('error', reject)
    })
    expect(answer).toEqual([
      'TAPE_HANDLE',
      '[add] the tensor belongs to another thread, send its values (toTypedArray()) and make a new one here',
    ])
    x.dispose()
  })
})
