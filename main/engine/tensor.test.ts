import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import * as engine from './index.ts'
import { addonPath, loadAddon } from './addon.ts'

const { arange, F, full, keep, liveTensors, norms, ones, randn, scope, tensor, zeros } = engine

/** Runs `body` and asserts that it left no tensor behind. */
function leakless(body: () => void): void {
  const before = liveTensors()
  scope(body)
  expect(liveTensors()).toBe(before)
}

describe('tensor', () => {
  test('holds values, shape and dtype', () => {
    leakless(() => {
      const x = tensor([
        [1, 2, 3],
        [4, 5, 6],
      ])
      expect(x.shape).toEqual([2, 3])
      expect(x.dtype).toBe('float32')
      expect(x.numel).toBe(6)
      expect(x.strides).toEqual([3, 1])
      expect(x.toTypedArray()).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6))
      expect(x.t().toArray()).toEqual([1, 4, 2, 5, 3, 6])
      expect(x.select(0, 1).select(0, 2).item()).toBe(6)
      expect(String(x)).toBe('Tensor(float32 2x3)')
    })
  })

  test('takes the dtype of a typed array, or the one asked for', () => {
    leakless(() => {
      expect(tensor(Float64Array.of(1)).dtype).toBe('float64')
      expect(tensor(Uint8Array.of(255)).toArray()).toEqual([255])
      expect(tensor(Int32Array.of(-3)).toTypedArray()).toEqual(BigInt64Array.of(-3n))
      expect(tensor([true, false]).dtype).toBe('bool')
      expect(tensor(Uint8Array.of(1, 2, 3, 4), { shape: [2, 2], dtype: 'float32' }).shape).toEqual([2, 2])
      expect(tensor(5).shape).toEqual([])
      expect(tensor([], { dtype: 'int64' }).shape).toEqual([0])
    })
  })

  test('stores 16-bit floats and int32', () => {
    leakless(() => {
      const x = tensor([1 / 3, 65519, -2], { dtype: 'bfloat16' })
      expect(x.dtype).toBe('bfloat16')
      expect(x.toTypedArray()).toEqual(Float32Array.of(0.333984375, 65536, -2))
      expect(x.to('float16').mul(2).toArray()).toEqual([0.66796875, Infinity, -4])
      expect(tensor(0.1, { dtype: 'float16' }).item()).toBe(0.0999755859375)
      const target = new Float32Array(3)
      x.readInto(target)
      expect(target[0]).toBe(0.333984375)
      const n = tensor([3, -4], { dtype: 'int32' })
      expect(n.mul(n).toTypedArray()).toEqual(Int32Array.of(9, 16))
      expect(() => n.readInto(new BigInt64Array(2))).toThrow(
        '[readInto] the array holds 2 elements of 8 bytes, the tensor 2 of 4',
      )
    })
  })

  test('refuses ragged rows, wrong counts and unknown dtypes', () => {
    expect(() => tensor([[1, 2], [3]])).toThrow('[tensor] expected 2 entries at depth 1, got 1')
    expect(() => tensor(Float32Array.of(1, 2), { shape: [3] })).toThrow(
      '[tensor] got 2 values for shape 3, which needs 3',
    )
    expect(() => zeros([2], { dtype: 'float8' as 'float32' })).toThrow('[dtype] unknown dtype float8')
    expect(() => full([-1], 0)).toThrow('[full] size -1 is negative')
    expect(() => zeros([1.5])).toThrow('[full] argument 1 must hold integers, element 0 is not one')
  })

  test('errors carry a code and the op', () => {
    const error = (() => {
      try {
        scope(() => F.linear(ones([32, 100]), ones([256, 784])))
      } catch (thrown) {
        return thrown as Error & { code: string }
      }
      throw new Error('no error')
    })()
    expect(error.code).toBe('TAPE_SHAPE')
    expect(error.message).toBe(
      '[linear] weight expects 784 input features, got 100 (input 32x100, weight 256x784)',
    )
  })

  test('every method reaches its op', () => {
    leakless(() => {
      const x = tensor([[1, 2], [3, 4]], { dtype: 'float64' }) // prettier-ignore
      const y = tensor([[4, 3], [2, 1]], { dtype: 'float64' }) // prettier-ignore
      const index = tensor([[1, 0], [0, 0]], { dtype: 'int64' }) // prettier-ignore
      const cases: [string, engine.Tensor, number[]][] = [
        ['add', x.add(y), [5, 5, 5, 5]],
        ['add number', x.add(1), [2, 3, 4, 5]],
        ['sub', x.sub(y), [-3, -1, 1, 3]],
        ['sub number', x.sub(1), [0, 1, 2, 3]],
        ['rsub', x.rsub(1), [0, -1, -2, -3]],
        ['mul', x.mul(y), [4, 6, 6, 4]],
        ['mul number', x.mul(2), [2, 4, 6, 8]],
        ['div', x.div(y), [0.25, 2 / 3, 1.5, 4]],
        ['div number', x.div(2), [0.5, 1, 1.5, 2]],
        ['pow', x.pow(y), [1, 8, 9, 4]],
        ['pow number', x.pow(2), [1, 4, 9, 16]],
        ['maximum', x.maximum(y), [4, 3, 3, 4]],
        ['minimum', x.minimum(y), [1, 2, 2, 1]],
        ['neg', x.neg(), [-1, -2, -3, -4]],
        ['abs', x.neg().abs(), [1, 2, 3, 4]],
        ['square', x.square(), [1, 4, 9, 16]],
        ['sqrt', x.square().sqrt(), [1, 2, 3, 4]],
        ['sign', x.sub(2).sign(), [-1, 0, 1, 1]],
        ['relu', x.sub(2).relu(), [0, 0, 1, 2]],
        ['exp', zeros([1]).exp(), [1]],
        ['log', ones([1]).log(), [0]],
        ['tanh', zeros([1]).tanh(), [0]],
        ['sigmoid', zeros([1]).sigmoid(), [0.5]],
        ['eq', x.eq(y), [0, 0, 0, 0]],
        ['ne', x.ne(2), [1, 0, 1, 1]],
        ['lt', x.lt(y), [1, 1, 0, 0]],
        ['le', x.le(2), [1, 1, 0, 0]],
        ['gt', x.gt(y), [0, 0, 1, 1]],
        ['ge', x.ge(2), [0, 1, 1, 1]],
        ['eq number', x.eq(3), [0, 0, 1, 0]],
        ['logicalNot', x.eq(3).logicalNot(), [1, 1, 0, 1]],
        ['where', F.where(x.gt(2), x, y), [4, 3, 3, 4]],
        ['reshape', x.reshape(4).select(0, 3), [4]],
        ['view', x.view([-1]), [1, 2, 3, 4]],
        ['transpose', x.transpose(0, 1), [1, 3, 2, 4]],
        ['permute', x.permute(1, 0), [1, 3, 2, 4]],
        ['narrow', x.narrow(0, 1, 1), [3, 4]],
        ['expand', x.narrow(0, 1, 1).expand(2, 2), [3, 4, 3, 4]],
        ['squeeze', x.unsqueeze(0).squeeze(0).squeeze(), [1, 2, 3, 4]],
        ['flatten', x.flatten(), [1, 2, 3, 4]],
        ['clone', x.t().clone().contiguous(), [1, 3, 2, 4]],
        ['to', x.to('int64'), [1, 2, 3, 4]],
        ['indexSelect', x.indexSelect(0, tensor([1], { dtype: 'int64' })), [3, 4]],
        ['sum', x.sum(), [10]],
        ['sum dim', x.sum(0), [4, 6]],
        ['mean', x.mean(-1), [1.5, 3.5]],
        ['amax', x.amax(1), [2, 4]],
        ['amin', x.amin([0, 1]), [1]],
        ['argmax', y.argmax(1), [0, 0]],
        ['matmul', x.matmul(y), [8, 5, 20, 13]],
        ['softmax', zeros([2]).softmax(0), [0.5, 0.5]],
        ['logSoftmax', zeros([1]).logSoftmax(0), [0]],
        ['add_', x.clone().add_(y).add_(1), [6, 6, 6, 6]],
        ['sub_', x.clone().sub_(y).sub_(1), [-4, -2, 0, 2]],
        ['mul_', x.clone().mul_(y).mul_(2), [8, 12, 12, 8]],
        ['div_', x.clone().div_(x).div_(2), [0.5, 0.5, 0.5, 0.5]],
        ['copy_', x.clone().copy_(y), [4, 3, 2, 1]],
        ['fill_', x.clone().fill_(7).narrow(0, 0, 1), [7, 7]],
        ['zero_', x.clone().zero_(), [0, 0, 0, 0]],
        ['reciprocal', x.reciprocal(), [1, 0.5, 1 / 3, 0.25]],
        ['rsqrt', x.square().rsqrt(), [1, 0.5, 1 / 3, 0.25]],
        ['log1p', x.expm1().log1p(), [1, 2, 3, 4]],
        ['log2', x.exp2().log2(), [1, 2, 3, 4]],
        ['sin and cos', x.sin().square().add(x.cos().square()), [1, 1, 1, 1]],
        ['tan', x.sub(2).atan().tan(), [-1, 0, 1, 2]],
        ['erf', x.mul(10).erf(), [1, 1, 1, 1]],
        ['floor', x.div(2).floor(), [0, 1, 1, 2]],
        ['ceil', x.div(2).ceil(), [1, 1, 2, 2]],
        ['round', x.div(2).round(), [0, 1, 2, 2]],
        ['trunc', x.div(-2).trunc(), [0, -1, -1, -2]],
        ['isnan', x.sub(1).log().mul(0).isnan(), [1, 0, 0, 0]],
        ['isinf', x.sub(1).log().isinf(), [1, 0, 0, 0]],
        ['isfinite', x.sub(1).log().isfinite(), [0, 1, 1, 1]],
        ['remainder', x.neg().remainder(3), [2, 1, 0, 2]],
        ['remainder tensor', x.remainder(y), [1, 2, 1, 0]],
        ['fmod', x.neg().fmod(3), [-1, -2, 0, -1]],
        ['fmod tensor', x.fmod(y), [1, 2, 1, 0]],
        ['floorDivide', x.neg().floorDivide(2), [-1, -1, -2, -2]],
        ['floorDivide tensor', x.floorDivide(y), [0, 0, 1, 4]],
        ['atan2', x.atan2(x).mul(4 / Math.PI), [1, 1, 1, 1]],
        ['clamp', x.clamp(2, 3), [2, 2, 3, 3]],
        ['clamp below', x.clamp(2), [2, 2, 3, 4]],
        ['clamp above', x.clamp(null, 2), [1, 2, 2, 2]],
        ['clamp tensors', x.clamp(null, y), [1, 2, 2, 1]],
        ['lerp', x.lerp(y, 0.5), [2.5, 2.5, 2.5, 2.5]],
        ['lerp tensor', x.lerp(y, zeros([1], { dtype: 'float64' })), [1, 2, 3, 4]],
        ['addcmul', x.addcmul(x, y, { value: 2 }), [9, 14, 15, 12]],
        ['addcdiv', x.addcdiv(x, x), [2, 3, 4, 5]],
        ['maskedFill', x.maskedFill(x.gt(2), -1), [1, 2, -1, -1]],
        ['logicalAnd', x.gt(1).logicalAnd(x.lt(4)), [0, 1, 1, 0]],
        ['logicalOr', x.gt(3).logicalOr(x.lt(2)), [1, 0, 0, 1]],
        ['logicalXor', x.gt(1).logicalXor(x.gt(2)), [0, 1, 0, 0]],
        ['where number else', F.where(x.gt(2), x, -1), [-1, -1, 3, 4]],
        ['where number then', F.where(x.gt(2), -1, x), [1, 2, -1, -1]],
        ['gelu', F.gelu(zeros([1])), [0]],
        ['gelu tanh', F.gelu(zeros([1]), { approximate: 'tanh' }), [0]],
        ['silu', F.silu(zeros([1])), [0]],
        ['mish', F.mish(zeros([1])), [0]],
        ['leakyRelu', F.leakyRelu(x.sub(2), 0.5), [-0.5, 0, 1, 2]],
        ['elu', F.elu(x), [1, 2, 3, 4]],
        ['selu', F.selu(zeros([1])), [0]],
        ['softplus', F.softplus(x.mul(100)), [100, 200, 300, 400]],
        ['logSigmoid', F.logSigmoid(x.mul(-100)), [-100, -200, -300, -400]],
        ['hardtanh', F.hardtanh(x.sub(2)), [-1, 0, 1, 1]],
        ['relu6', F.relu6(x.mul(2)), [2, 4, 6, 6]],
        ['hardsigmoid', F.hardsigmoid(x.sub(1)), [0.5, 2 / 3, 5 / 6, 1]],
        ['hardswish', F.hardswish(x.sub(4)), [0, -1 / 3, -1 / 3, 0]],
        ['max', x.max(), [4]],
        ['max along', y.max(0).values, [4, 3]],
        ['max position', x.max(0, true).indices, [1, 1]],
        ['min', x.min(), [1]],
        ['min along', x.min(1).values, [1, 3]],
        ['argmin', x.argmin(1), [0, 0]],
        ['var', x.var(1), [0.5, 0.5]],
        ['var of a population', x.var(1, { correction: 0 }), [0.25, 0.25]],
        ['std', x.mul(2).std(0, { correction: 0, keepdim: true }), [2, 2]],
        ['prod', x.prod(), [24]],
        ['prod dim', x.prod(1), [2, 12]],
        ['logsumexp', x.mul(0).logsumexp(0), [Math.log(2), Math.log(2)]],
        ['norm', tensor([3, -4]).norm(), [5]],
        ['norm 1', tensor([3, -4]).norm(1), [7]],
        ['norm infinite', tensor([3, -4]).norm(Infinity), [4]],
        ['countNonzero', x.sub(2).countNonzero(1), [1, 2]],
        ['any', x.gt(3).any(1), [0, 1]],
        ['all', x.gt(2).all(1), [0, 1]],
        ['cumsum', x.cumsum(1), [1, 3, 3, 7]],
        ['cat', engine.cat([x, y.narrow(0, 0, 1)]), [1, 2, 3, 4, 4, 3]],
        ['stack', engine.stack([x, y], 2).select(2, 1), [4, 3, 2, 1]],
        ['split', x.split(1, 1)[1] ?? x, [2, 4]],
        ['split by sizes', x.split([0, 2])[1] ?? x, [1, 2, 3, 4]],
        ['chunk', x.chunk(2)[1] ?? x, [3, 4]],
        ['unbind', x.unbind(1)[0] ?? x, [1, 3]],
        ['repeat', x.narrow(0, 0, 1).repeat(2, 2), [1, 2, 1, 2, 1, 2, 1, 2]],
        ['tile', x.narrow(0, 0, 1).tile(2), [1, 2, 1, 2]],
        ['flip', x.flip(0), [3, 4, 1, 2]],
        ['roll', x.roll(1, 1), [2, 1, 4, 3]],
        ['roll flat', x.roll(1), [4, 1, 2, 3]],
        ['tril', x.tril(), [1, 0, 3, 4]],
        ['triu', x.triu(1), [0, 2, 0, 0]],
        ['diagonal', x.diagonal(), [1, 4]],
        ['movedim', x.movedim(0, 1), [1, 3, 2, 4]],
        ['swapaxes', x.swapaxes(0, 1), [1, 3, 2, 4]],
        ['unflatten', x.flatten().unflatten(0, [2, -1]).select(0, 1), [3, 4]],
        ['unfold', x.flatten().unfold(0, 2, 1).select(0, 1), [2, 3]],
        ['broadcastTo', x.select(0, 1).broadcastTo(2, 2), [3, 4, 3, 4]],
        ['gather', x.gather(1, index), [2, 1, 3, 3]],
        ['takeAlongDim', x.takeAlongDim(index.narrow(0, 0, 1), 0), [3, 2]],
        ['scatter', x.scatter(1, index, y), [3, 4, 1, 4]],
        ['scatter a number', x.scatter(1, index, 9), [9, 9, 9, 4]],
        ['scatterAdd', x.scatterAdd(1, index, y), [4, 6, 6, 4]],
        ['indexAdd', x.indexAdd(0, index.select(0, 0), y), [3, 3, 7, 7]],
        ['maskedSelect', x.maskedSelect(x.gt(2)), [3, 4]],
        ['nonzero', x.gt(2).nonzero(), [1, 0, 1, 1]],
        ['sort', y.sort(1).values, [3, 4, 1, 2]],
        ['sort positions', x.sort(0, true).indices, [1, 1, 0, 0]],
        ['argsort', y.argsort(), [1, 0, 1, 0]],
        ['topk', x.flatten().topk(2).values, [4, 3]],
        ['topk least', x.flatten().topk(1, 0, false).indices, [0]],
        ['oneHot', F.oneHot(index.select(0, 0), 2), [0, 1, 1, 0]],
        ['bmm', x.unsqueeze(0).bmm(y.unsqueeze(0)), [8, 5, 20, 13]],
        ['addmm', x.addmm(x, y, { beta: 0, alpha: 2 }), [16, 10, 40, 26]],
        ['baddbmm', x.baddbmm(x.unsqueeze(0), y.unsqueeze(0)), [9, 7, 23, 17]],
        ['dot', x.select(0, 0).dot(y.select(0, 0)), [10]],
        ['mv', x.mv(y.select(0, 0)), [10, 24]],
        ['outer', x.select(0, 0).outer(y.select(0, 0)), [4, 3, 8, 6]],
        ['linear tanh', F.linear(zeros([1, 2]), ones([3, 2]), null, { activation: 'tanh' }), [0, 0, 0]],
        ['linear sigmoid', F.linear(zeros([1, 2]), ones([1, 2]), null, { activation: 'sigmoid' }), [0.5]],
        ['clamp_', x.clone().clamp_(2, 3), [2, 2, 3, 3]],
        ['relu_', x.sub(2).relu_(), [0, 0, 1, 2]],
        ['lerp_', x.clone().lerp_(y, 0.5), [2.5, 2.5, 2.5, 2.5]],
        ['addcmul_', x.clone().addcmul_(x, y, { value: 2 }), [9, 14, 15, 12]],
        ['addcdiv_', x.clone().addcdiv_(x, x), [2, 3, 4, 5]],
        ['maskedFill_', x.clone().maskedFill_(x.gt(2), -1), [1, 2, -1, -1]],
        ['indexAdd_', x.clone().indexAdd_(0, index.select(0, 0), y), [3, 3, 7, 7]],
        ['scatterAdd_', x.clone().scatterAdd_(1, index, y), [4, 6, 6, 4]],
        ['linspace', engine.linspace(0, 1, 3), [0, 0.5, 1]],
        ['eye', engine.eye(2), [1, 0, 0, 1]],
        ['zerosLike', engine.zerosLike(x), [0, 0, 0, 0]],
        ['onesLike', engine.onesLike(x, { dtype: 'int64' }), [1, 1, 1, 1]],
        ['fullLike', engine.fullLike(x.t(), 3), [3, 3, 3, 3]],
        ['randLike', engine.randLike(x).lt(1), [1, 1, 1, 1]],
        ['randnLike', engine.randnLike(x).isfinite(), [1, 1, 1, 1]],
        ['randint', engine.randint(5, 6, [2]), [5, 5]],
        ['bernoulli', engine.bernoulli(tensor([0, 1])), [0, 1]],
        ['multinomial', engine.multinomial(tensor([0, 1, 0]), 2, { replacement: true }), [1, 1]],
        ['arange', arange(2, 10, 3), [2, 5, 8]],
        ['linearRelu', F.linearRelu(tensor([[1, -1]]), tensor([[2, 0], [0, 2]])), [2, 0]], // prettier-ignore
        ['mseLoss', F.mseLoss(x, y), [5]],
        ['dropout', F.dropout(x, 0.9, false), [1, 2, 3, 4]],
      ]
      for (const [name, result, expected] of cases) {
        const got = result.toArray()
        expect(got.length, name).toBe(expected.length)
        got.forEach((value, i) => expect(value, name).toBeCloseTo(expected[i] ?? NaN, 12))
      }
    })
  })

  test('norms come in one call, reading reuses memory', () => {
    leakless(() => {
      const x = tensor([3, 4])
      expect(norms([x, ones([4, 4]).t(), zeros([0])])).toEqual(Float64Array.of(5, 4, 0))
      const target = new Float32Array(2)
      x.readInto(target)
      expect(target).toEqual(Float32Array.of(3, 4))
      expect(() => x.readInto(new Float64Array(2))).toThrow(
        '[readInto] the array holds 2 elements of 8 bytes',
      )
    })
  })

  test('fromFile reads past a header and names both sizes when the file is too short', () => {
    const folder = mkdtempSync(join(tmpdir(), 'engine-'))
    try {
      const path = join(folder, 'пример.bin')
      writeFileSync(path, Uint8Array.of(9, 9, 1, 2, 3, 4))
      leakless(() => {
        const x = engine.fromFile(path, { dtype: 'uint8', shape: [2, 2], offset: 2 })
        expect(x.toArray()).toEqual([1, 2, 3, 4])
      })
      expect(() => engine.fromFile(path, { dtype: 'float32', shape: [3] })).toThrow(
        `${path} has 6 bytes, but 3 of float32 from byte 0 needs 12, check the shape or the file`,
      )
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('lifetime', () => {
  test('scope frees what was made inside, except what it returns or keeps', () => {
    const before = liveTensors()
    let kept: engine.Tensor | undefined
    const { sum, list } = scope(() => {
      const x = ones([3])
      kept = keep(x.mul(2))
      return { sum: x.sum(), list: [x.add(1), 'text'] as const }
    })
    expect(liveTensors()).toBe(before + 3)
    expect(sum.item()).toBe(3)
    expect(list[0].toArray()).toEqual([2, 2, 2])
    for (const t of [sum, list[0], kept]) t?.dispose()
    expect(liveTensors()).toBe(before)
  })

  test('a nested scope hands its result to the outer one, and an exception frees everything', () => {
    const before = liveTensors()
    scope(() => {
      const inner = scope(() => ones([2]).add(1))
      expect(inner.toArray()).toEqual([2, 2])
    })
    expect(liveTensors()).toBe(before)
    expect(() =>
      scope(() => {
        ones([2])
        throw new Error('stop')
      }),
    ).toThrow('stop')
    expect(liveTensors()).toBe(before)
    expect(() => scope(() => Promise.resolve(1))).toThrow('[scope] the body returned a Promise')
  })

  test('a disposed tensor is recognised, also when its place was taken by another', () => {
    const x = ones([2])
    const stale = x.id
    x.dispose()
    x.dispose()
    expect(x.isDisposed).toBe(true)
    const y = ones([3])
    expect(() => x.add(1)).toThrow('[add] the tensor was disposed')
    const forged = Object.create(engine.Tensor.prototype) as engine.Tensor
    forged.id = stale
    expect(() => forged.add(1)).toThrow('[add] the tensor was disposed')
    y.dispose()
  })

  test('the safety net frees what nobody disposed, and nothing twice', async () => {
    const before = liveTensors()
    const code = `
      const { parentPort } = require('node:worker_threads')
      import(${JSON.stringify(new URL('./index.ts', import.meta.url).href)}).then(async ({ ones, liveTensors }) => {
        for (let i = 0; i < 1000; i++) ones([2])
        for (let i = 0; i < 1000; i++) ones([2]).dispose()
        const kept = ones([3])
        // Finalizers run in a turn of their own after a collection.
        for (let i = 0; i < 50 && liveTensors() > 1; i++) {
          globalThis.gc()
          await new Promise((resolve) => setImmediate(resolve))
        }
        parentPort.postMessage([liveTensors(), kept.toArray()])
      })`
    const answer = await new Promise((resolve, reject) => {
      setFlagsFromString('--expose-gc')
      const worker = new Worker(code, { eval: true })
      worker.once('message', resolve)
      worker.once('error', reject)
    })
    expect(answer).toEqual([1, [1, 1, 1]])
    expect(liveTensors()).toBe(before)
  })

  test('memory goes back to the cache and is used again', () => {
    leakless(() => {
      scope(() => void randn([1000, 100]).mul(2))
      const { activeBytes, systemAllocations } = engine.memoryStats()
      for (let i = 0; i < 50; i++) scope(() => void randn([1000, 100]).mul(2))
      const after = engine.memoryStats()
      expect(after.activeBytes).toBe(activeBytes)
      expect(after.systemAllocations).toBeLessThanOrEqual(systemAllocations + 1)
    })
  })
})

describe('the addon', () => {
  test('says what it is', () => {
    const info = engine.engineInfo()
    expect(info.version).toMatch(/^\d+\.\d+\.\d+$/)
    expect(info.threads).toBeGreaterThanOrEqual(1)
    expect(['SSE2', 'AVX2', 'AVX-512', 'NEON']).toContain(info.instructionSet)
    if (info.cuda.available) expect(info.cuda.device!.memoryBytes).toBeGreaterThan(0)
    else expect(info.cuda.reason).toMatch(/^(this build of the engine has no CUDA part|no NVIDIA driver)/)
  })

  test('is looked for in the checkout, and its absence is told plainly', () => {
    expect(addonPath()).toMatch(/native[\\/]build[\\/]tapedeck\.node$/)
    expect(() => loadAddon(join(tmpdir(), 'nowhere.node'))).toThrow(
      /^\[engine\] native addon not found at .*nowhere\.node, run npm run setup$/,
    )
  })

  test('gives each thread an engine of its own', async () => {
    const mine = ones([2])
    const code = `
      const { parentPort, workerData } = require('node:worker_threads')
      const addon = require(workerData)
      const before = addon.liveTensors()
      const x = addon.full([2, 2], 3, 0)
      parentPort.postMessage({ before, sum: addon.item(addon.sum(x, [], false)), live: addon.liveTensors() })`
    const before = liveTensors()
    const answer = await new Promise((resolve, reject) => {
      const worker = new Worker(code, { eval: true, workerData: addonPath() })
      worker.once('message', resolve)
      worker.once('error', reject)
    })
    expect(answer).toEqual({ before: 0, sum: 12, live: 2 })
    expect(liveTensors()).toBe(before)
    mine.dispose()
  })

  test('numbers start again from a stored state', () => {
    leakless(() => {
      engine.manualSeed(7)
      engine.rand([5])
      const state = JSON.parse(JSON.stringify(engine.rngState())) as engine.RngState
      const first = engine.randn([20]).toArray()
      engine.setRngState(state)
      expect(engine.randn([20]).toArray()).toEqual(first)
      expect([...engine.randperm(6).toArray()].sort()).toEqual([0, 1, 2, 3, 4, 5])
    })
  })
})
