/** Every layer of the catalogue with its parameters varied: ONNX Runtime gives what the engine gives, for several sizes. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { evaluate, formatShape, isSymbolic, type Shape } from '../../common/dims.ts'
import { inputPorts } from '../../common/layer.ts'
import { layerOf, layers } from '../../common/layers/catalogue.ts'
import { Draw, randomUses, type Use } from '../../common/layers/golden/uses.ts'
import type { Plan, Step } from '../../common/plan.ts'
import { manualSeed, noGrad, rand, randint, randn, scope, tensor, type Tensor } from '../../engine/index.ts'
import { opsOn } from '../../training/ops.ts'
import { difference, exported } from './fixture.ts'
import { trace } from './trace.ts'

const ops = opsOn('cpu')

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tapedeck-onnx-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const plain = (id: string, kind: string, shape: Shape, from: Step['inputs']): Step => ({
  id,
  nodes: [id],
  title: id,
  layer: layerOf(kind)!,
  parameters: {},
  inputs: from,
  shapes: Object.fromEntries(Object.keys(from).map((port) => [port, shape])),
  outputs: kind === 'output' ? {} : { output: shape },
  weights: {},
})

/** One layer between an Input and an Output; what enters by the second port is not what enters by the first. */
function planOf({ layer, parameters, inputs, outputs }: Use, port: string): Plan {
  const ports = inputPorts(layer, parameters)
  const shape = inputs[ports[0] ?? ''] ?? []
  const sources = ports.map((_, i) => (i === 0 ? 'in' : 'other'))
  const specs = layer.weights(inputs, parameters)
  const step: Step = {
    id: 'layer',
    nodes: ['layer'],
    title: layer.title,
    layer,
    parameters,
    inputs: Object.fromEntries(ports.map((name, i) => [name, { step: sources[i]!, port: 'output' }])),
    shapes: inputs,
    outputs,
    weights: Object.fromEntries(specs.map(({ name }) => [name, `layer.${name}`])),
  }
  const steps = [
    plain('in', 'input', shape, {}),
    ...(ports.length > 1 ? [plain('other', 'tanh', shape, { input: { step: 'in', port: 'output' } })] : []),
    step,
    plain('out', 'output', outputs[port] ?? [], { input: { step: 'layer', port } }),
  ]
  const weights = new Map(specs.map((spec) => [`layer.${spec.name}`, spec]))
  return { steps, weights, input: 'in', output: 'out' }
}

function randomWeights({ layer, inputs, parameters }: Use): Map<string, Tensor> {
  return new Map(
    layer.weights(inputs, parameters).map(({ name, shape, initial, buffer }) => {
      if (initial.kind === 'values') return [name, tensor(Float32Array.from(initial.values), { shape })]
      // A variance must be positive.
      return [name, buffer && initial.kind === 'ones' ? rand(shape).add(0.5) : randn(shape).mul(0.5)]
    }),
  )
}

function randomInput({ layer, inputs, parameters, content }: Use, real: readonly number[]): Tensor {
  if (content === 'values') return randn(real)
  const rows = layer.weights(inputs, parameters)[0]?.shape[0] ?? 7
  return randint(0, rows, real)
}

/** What the symbols are for each sample of a batch: as they were drawn, and larger with ends that differ. */
function batches(use: Use, draw: Draw): Record<string, number>[][] {
  const grows = use.layer.kind === 'positional' ? 0 : 3
  const grown = Object.fromEntries(Object.entries(use.sizes).map(([name, size]) => [name, size + grows]))
  const drawn = use.sizes['T']
  if (drawn === undefined) return [[use.sizes], [grown, grown, grown]]
  const fits = (T: number): boolean =>
    Object.values(use.outputs).every((shape) =>
      shape.slice(1).every((dim) => (evaluate(dim, { ...grown, T }) ?? 0) >= 1),
    )
  const lengths = [1, 2, 3, 4, 5, 6, 7, 8].filter((length) => length <= drawn && fits(length))
  return [
    [use.sizes],
    [{ ...grown, T: draw.pick(lengths) }, grown, { ...grown, T: lengths[0]! }, { ...grown, T: drawn }],
  ]
}

const kinds = layers.map(({ kind }) => kind).filter((kind) => kind !== 'input' && kind !== 'output')

it.each(kinds)('%s', async (kind) => {
  manualSeed(3)
  const draw = new Draw(4)
  for (const use of [...randomUses(layerOf(kind)!, 4, 7, true), ...randomUses(layerOf(kind)!, 2, 8, false)]) {
    const weights = randomWeights(use)
    const named = new Map([...weights].map(([name, weight]) => [`layer.${name}`, weight]))
    for (const port of Object.keys(use.outputs)) {
      const subject = { content: use.content, task: 'regress', ragged: 'T' in use.sizes } as const
      const what = `${port} of ${JSON.stringify({ inputs: Object.values(use.inputs).map(formatShape), parameters: use.parameters })}`
      const model = await exported(trace(planOf(use, port), subject), named, folder)
      for (const samples of batches(use, draw)) {
        const largest = Object.fromEntries(
          Object.keys(use.sizes).map((name) => [name, Math.max(...samples.map((sizes) => sizes[name]!))]),
        )
        const [first = ''] = inputPorts(use.layer, use.parameters)
        const sizes = { B: samples.length, ...largest }
        const input = randomInput(
          use,
          use.inputs[first]!.map((dim) => evaluate(dim, sizes)!),
        )
        const wanted = scope(() =>
          noGrad(() => {
            const ports = inputPorts(use.layer, use.parameters)
            const results = use.layer.forward<Tensor>({
              ops,
              inputs: Object.fromEntries(ports.map((name, i) => [name, i === 0 ? input : ops.tanh(input)])),
              weights: Object.fromEntries(weights),
              parameters: use.parameters,
              training: false,
              lengths(name, axis) {
                const dim = use.inputs[name]?.[axis]
                if (dim === undefined || !isSymbolic(dim) || !('T' in use.sizes)) return null
                const ends = samples.map(({ T }) => evaluate(dim, { T: T! }))
                return ends.includes(null) ? null : tensor(ends.map(Number), { dtype: 'int64' })
              },
            })
            const result = results[port]!
            return { shape: [...result.shape], values: Array.from(result.toTypedArray(), Number) }
          }),
        )
        const lengths = 'T' in use.sizes ? samples.map(({ T }) => T!) : null
        const got = await model.run(input, lengths)
        expect(got.shape, what).toEqual(wanted.shape)
        expect(difference(got.values, wanted.values), what).toBeLessThan(1e-4)
      }
      await model.release()
    }
  }
})
