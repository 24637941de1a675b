/** Custom operators, what is refused, and what the file says. */
import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Dataset } from '../../common/data/dataset.ts'
import { exampleDataset } from '../../common/data/datasetFixture.ts'
import type { ModelDocument } from '../../common/document.ts'
import { functions } from '../../common/expression/functions.ts'
import type { Layer } from '../../common/layer.ts'
import { planOf, type Plan } from '../../common/plan.ts'
import { chain } from '../../common/templates.ts'
import { checkedAnalysis } from '../../common/trainable.ts'
import { manualSeed, noGrad, rand, randint, scope } from '../../engine/index.ts'
import { Model, type Extents } from '../../training/model.ts'
import { headerBytes, writeSafetensors } from '../safetensors.ts'
import { writeOnnx } from './file.ts'
import { difference, exported } from './fixture.ts'
import { decode } from './schema.ts'
import { trace, traceDocument } from './trace.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tapedeck-onnx-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const T = { typical: 5, p90: 6, p99: 7, largest: 9, histogram: [] }
const regress = (sampleShape: Dataset['sampleShape']): Dataset =>
  exampleDataset({
    sampleShape,
    task: 'regress',
    symbols: { T },
    classes: [],
    targets: ['a', 'b'].map((name) => ({ name, mean: 0, std: 1 })),
  })

function around(sequences: boolean, forward: string, more: object = {}): ModelDocument {
  const document = chain('custom', [
    ['in', 'input'],
    ['mine', 'custom', { inputs: 'x', forward, ...more }],
    ...(sequences ? ([['pool', 'global-pool']] as const) : []),
    ['head', 'linear', { outFeatures: 2 }],
    ['out', 'output'],
  ])
  const wires = document.wires.map((wire) =>
    wire.to.node === 'mine' ? { ...wire, to: { node: 'mine', port: 'x' } } : wire,
  )
  return { ...document, wires }
}

async function worst(
  document: ModelDocument,
  dataset: Dataset,
  shape: number[],
  lengths: number[] | null,
): Promise<number> {
  manualSeed(6)
  const model = new Model(document, dataset)
  const network = await exported(traceDocument(document, dataset), model.tensors, folder)
  const input = rand(shape).add(0.25)
  const extents: Extents = lengths ? { T: lengths } : {}
  const wanted = scope(() =>
    noGrad(() => Array.from(model.forward(input, false, extents).toTypedArray(), Number)),
  )
  const got = await network.run(input, lengths)
  await network.release()
  model.dispose()
  return difference(got.values, wanted)
}

/** Each is the last line of a forward over x `[B, 6]`, with the weight w `[6, 4]`. */
const overRows = [
  'y = x + 2 - 0.5 * x / 3',
  'y = 1 / x - (2 - x)',
  'y = x ** 2 + 2 ** x',
  'y = -x',
  'y = exp(x) + log(x) + sqrt(x)',
  'y = abs(x - 0.5) + square(x) + sign(x - 0.5)',
  'y = sin(x) + cos(x) + tanh(x)',
  'y = sigmoid(x) + relu(x - 0.5) + erf(x)',
  'y = maximum(x, 0.5) + minimum(x, 0.7) + maximum(x, 1 - x) + minimum(x, 1 - x)',
  'y = where(x < 0.5, x, 1) + where(x <= 0.5, 2, x) + where(x > 0.5, 1, 0) + where(0.5 >= x, x, x * x)',
  'y = clamp(x, 0.4, 0.6)',
  'y = x - mean(x, 1, keep) + sum(x, -1, keep)',
  'y = softmax(x, 1)',
  'y = matmul(x, w)',
  'y = reshape(transpose(reshape(x, 2, 3), 1, 2), -1)',
]
/** Over x `[B, T, 6]` of differing lengths. */
const overSequences = [
  'y = x * softmax(x, 1)',
  'y = x - mean(x, 1, keep)',
  'y = x / (1 + sum(x, 1, keep))',
  'y = matmul(softmax(matmul(x, transpose(x, 1, 2)), 2), x)',
]

it('operators of a person give what the engine gives, whatever function they call', async () => {
  for (const forward of overRows) {
    const document = around(false, forward, forward.includes('w)') ? { weights: 'w: 6 x 4' } : {})
    expect(await worst(document, regress([6]), [3, 6], null), forward).toBeLessThan(1e-4)
  }
  for (const forward of overSequences)
    expect(await worst(around(true, forward), regress(['T', 6]), [3, 7, 6], [7, 2, 5]), forward).toBeLessThan(1e-4) // prettier-ignore
  const tried = [...overRows, ...overSequences].join('\n')
  const untried = [...functions.keys()].filter((name) => !tried.includes(name === '-x' ? '= -x' : name))
  expect(untried).toEqual([])
})

it('an operator with a backward of its own is written by its forward', async () => {
  const document = around(false, 'y = x * sigmoid(x)', { backward: 'grad_x = grad' })
  expect(await worst(document, regress([6]), [2, 6], null)).toBeLessThan(1e-4)
})

/** A plan whose only Linear is another layer. */
function planWith(change: Partial<Layer>, dataset: Dataset): Plan {
  const plan = planOf(checkedAnalysis(chain('odd', [['in', 'input'], ['head', 'linear', { outFeatures: 2 }], ['out', 'output']]), dataset)) // prettier-ignore
  const steps = plan.steps.map((step) =>
    step.id === 'head' ? { ...step, title: 'Odd layer', layer: { ...step.layer, ...change } } : step,
  )
  return { ...plan, steps }
}

const subject = { content: 'values', task: 'regress', ragged: false } as const

it('what ONNX does not say is refused, naming the layer and why', () => {
  const circular = planWith(
    { forward: ({ ops, inputs }) => ({ output: ops.pad(inputs['input']!, [1, 1], { mode: 'circular' }) }) },
    regress([6]),
  )
  expect(() => trace(circular, subject)).toThrow(
    '“Odd layer” (head) cannot be written in ONNX: it pads by circular. Replace the layer, or export a PyTorch project.',
  )
  const reckons = planWith(
    {
      forward: ({ inputs }) => {
        const x = inputs['input']!
        return { output: x.reshape([(x.shape[0] ?? 0) * 2, 3]) }
      },
    },
    regress([6]),
  )
  expect(() => trace(reckons, subject)).toThrow(/known only when the model runs/)
})

const names = (values: unknown): string[] => (values as { name: string }[]).map(({ name }) => name)

it('nodes, weights and axes are called as in the document', async () => {
  const dataset = regress(['T', 6])
  const document = chain('Names', [
    ['in', 'input'],
    ['both', 'lstm', { hidden: 3, bidirectional: true }],
    ['out', 'output'],
  ])
  document.nodes.splice(2, 0, { id: 'head', kind: 'linear', name: '', parameters: { outFeatures: 2 }, position: { x: 0, y: 0 } }) // prettier-ignore
  document.wires = [
    { id: 'a', from: { node: 'in', port: 'output' }, to: { node: 'both', port: 'input' } },
    { id: 'b', from: { node: 'both', port: 'last' }, to: { node: 'head', port: 'input' } },
    { id: 'c', from: { node: 'head', port: 'output' }, to: { node: 'out', port: 'input' } },
  ]
  const model = new Model(document, dataset)
  const network = await exported(traceDocument(document, dataset), model.tensors, folder)
  await network.release()
  model.dispose()
  const { graph } = decode('ModelProto', network.bytes) as { graph: Record<string, unknown> }
  const kinds = (graph['node'] as { name: string; op_type: string }[]).map((node) => [node.op_type, node.name.split('/')[0]]) // prettier-ignore
  expect(kinds).toContainEqual(['LSTM', 'both'])
  expect(kinds).toContainEqual(['Gemm', 'head'])
  expect(names(graph['initializer'])).toEqual(expect.arrayContaining(['both.W0', 'head.weight', 'head.bias']))
  expect(network.inputNames).toEqual(['input', 'lengths'])
  expect(JSON.stringify(graph['input'])).toMatch(/"dim_param":"B".*"dim_param":"T"/)
  expect(names(graph['output'])).toEqual(['prediction'])
})

it('says how large a sample must be at least', () => {
  const dataset = exampleDataset({ sampleShape: ['T', 6], symbols: { T }, classes: [] , task: 'regress', targets: [{ name: 'a', mean: 0, std: 1 }] }) // prettier-ignore
  const document = chain('Windows', [
    ['in', 'input'],
    ['slide', 'conv1d', { kernel: 3, padding: 'valid', outChannels: 4 }],
    ['halve', 'max-pool1d'],
    ['pool', 'global-pool'],
    ['head', 'linear', { outFeatures: 1 }],
    ['out', 'output'],
  ])
  expect(traceDocument(document, dataset).smallest).toEqual({ T: 4 })
})

it('a checkpoint that lacks a weight, or has it in another size, is refused and leaves no file', async () => {
  const dataset = regress([6])
  const plan = planWith({}, dataset)
  const weights = join(folder, 'tampered.safetensors')
  const path = join(folder, 'tampered.onnx')
  const written = { name: '', producerVersion: '', weights, metadata: {}, signal: new AbortController().signal } // prettier-ignore
  const array = (name: string, size: number) => ({ name, dtype: 'float32' as const, shape: [size], bytes: new Uint8Array(4 * size) }) // prettier-ignore
  writeSafetensors(weights, [array('head.weight', 12)], {})
  await expect(writeOnnx(path, trace(plan, subject), written)).rejects.toThrow(/has no weight head.bias/)
  writeSafetensors(weights, [array('head.weight', 11), array('head.bias', 2)], {})
  await expect(writeOnnx(path, trace(plan, subject), written)).rejects.toThrow(
    'The checkpoint has 11 numbers (float32) for head.weight, and the model reads 12 (float32).',
  )
  writeFileSync(weights, 'not weights')
  await expect(writeOnnx(path, trace(plan, subject), written)).rejects.toThrow(/not a whole safetensors file/)
  expect(readdirSync(folder)).not.toContain('tampered.onnx')
})

it('a model beyond what a file holds is refused before anything is written', async () => {
  const dataset = regress([65536])
  const document = chain('Large', [
    ['in', 'input'],
    ['wide', 'linear', { outFeatures: 8192 }],
    ['head', 'linear', { outFeatures: 2 }],
    ['out', 'output'],
  ])
  const weights = join(folder, 'large.safetensors')
  const sizes = { 'wide.weight': 65536 * 8192, 'wide.bias': 8192, 'head.weight': 16384, 'head.bias': 2 }
  // Its header alone: nothing behind it is read.
  const arrays = Object.entries(sizes).map(([name, count]) => ({ name, dtype: 'float32' as const, shape: [count], size: 4 * count })) // prettier-ignore
  const header = Buffer.concat(headerBytes(arrays, {}))
  writeFileSync(weights, header)
  truncateSync(weights, header.length + arrays.reduce((sum, { size }) => sum + size, 0))
  const path = join(folder, 'large.onnx')
  const written = { name: '', producerVersion: '', weights, metadata: {}, signal: new AbortController().signal } // prettier-ignore
  await expect(writeOnnx(path, traceDocument(document, dataset), written)).rejects.toThrow(
    'The model has 2.1 GB, and an ONNX file holds less than 2.1 GB.',
  )
  expect(readdirSync(folder)).not.toContain('large.onnx')
})

it('shared weights are written once, copies of a block each for itself, and what leads nowhere not at all', async () => {
  const document = chain('Odd', [
    ['in', 'input'],
    ['embed', 'embedding', { dimension: 8, vocabulary: 20 }],
    ['block', 'attention', { heads: 2, causal: true }],
    ['back', 'linear', { outFeatures: 20, bias: false }],
    ['out', 'output'],
  ])
  const position = { x: 0, y: 0 }
  document.nodes.push({ id: 'aside', kind: 'linear', name: '', parameters: { outFeatures: 3 }, position })
  document.wires.push({ id: 'aside', from: { node: 'embed', port: 'output' }, to: { node: 'aside', port: 'input' } }) // prettier-ignore
  document.blocks.push({ id: 'part', name: 'Part', nodes: ['block'], parent: null, repeat: 2, collapsed: false }) // prettier-ignore
  document.ties.push({ node: 'back', weight: 'weight', source: { node: 'embed', weight: 'weight' } })
  const dataset = exampleDataset({ sampleShape: [8], content: 'tokens', task: 'next-token', vocabularySize: 20, classes: [] }) // prettier-ignore
  manualSeed(7)
  const model = new Model(document, dataset)
  const network = await exported(traceDocument(document, dataset), model.tensors, folder)
  const { graph } = decode('ModelProto', network.bytes) as { graph: Record<string, unknown> }
  const weights = names(graph['initializer']).filter((name) => name.includes('.weight'))
  expect(weights).toEqual(['embed.weight', 'block.out_proj.weight', 'block@part.2.out_proj.weight'])
  // Blocks of eight tokens in training, texts of any length afterwards.
  for (const shape of [[2, 8], [3, 5], [1, 1]]) {
    const input = randint(0, 20, shape)
    const wanted = scope(() => noGrad(() => Array.from(model.forward(input, false).toTypedArray(), Number)))
    expect(difference((await network.run(input, null)).values, wanted)).toBeLessThan(1e-4)
  } // prettier-ignore
  await network.release()
  model.dispose()
})
