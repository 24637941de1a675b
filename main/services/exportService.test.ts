import { createRouterClient } from '@orpc/server'
import type { ContractRouterClient } from '@orpc/contract'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-web'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Contract } from '../common/api.ts'
import type { Dataset } from '../common/data/dataset.ts'
import type { ModelExport, ModelExported } from '../common/export/export.ts'
import type { Template } from '../common/schemas.ts'
import type { About } from '../export/onnx/about.ts'
import { decode } from '../export/onnx/schema.ts'
import { readSafetensors, writeSafetensors } from '../export/safetensors.ts'
import { projectRoot } from '../paths.ts'
import { openWorkbench, type Workbench } from '../workbench.ts'
import { resultOf } from '../common/resultOf.ts'

let folder: string
let workbench: Workbench
let client: ContractRouterClient<Contract>
let dataset: Dataset
let template: Template
let runId: number

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tapedeck-export-'))
  workbench = await openWorkbench({
    workspace: join(folder, 'workspace'),
    shell: 'test',
    workerUrl: new URL('../training/worker.ts', import.meta.url),
    importerUrl: new URL('../data/importWorker.ts', import.meta.url),
    exchangerUrl: new URL('../exchange/exchangeWorker.ts', import.meta.url),
    resources: join(projectRoot(), 'resources'),
  })
  client = createRouterClient(workbench.router)
  const path = (await client.data.samples()).find(({ id }) => id === 'houses')?.path ?? ''
  const { options } = await client.data.inspect({ path })
  const stream = await client.data.import({ path, options })
  for (let next = await stream.next(); ; next = await stream.next())
    if (next.done) {
      dataset = next.value
      break
    }
  const found = (await client.models.templates({ datasetId: dataset.id })).find(
    ({ id }) => id === 'tabular-mlp',
  )
  if (!found) throw new Error('no tabular-mlp')
  template = { ...found, config: { ...found.config, epochs: 1 } }
  runId = await train({})
}, 60_000)
afterAll(async () => {
  await workbench.close()
  rmSync(folder, { recursive: true, force: true })
})

async function train(more: { weights?: string; frozen?: string[] }): Promise<number> {
  const { document, config } = template
  const { frozen = [], ...rest } = more
  const started = await client.training.start({
    document,
    datasetId: dataset.id,
    config: { ...config, frozen },
    name: null,
    ...rest,
  })
  for await (const live of await client.training.watch())
    if (live?.runId === started.runId && live.status !== 'running') break
  return started.runId
}

async function exported(request: Omit<ModelExport, 'runId' | 'checkpoint'>): Promise<ModelExported> {
  return resultOf(await client.export.model({ runId, ...request }))
}

const weightsOf = async (id: number): Promise<Map<string, Buffer>> => {
  const { checkpoints } = await client.runs.get({ runId: id })
  const last = checkpoints.findLast(({ kind }) => kind === 'last')
  return new Map(
    readSafetensors(last?.path ?? '').arrays.map(({ name, bytes }) => [name, Buffer.from(bytes)]),
  )
}

it('writes a project of PyTorch with weights, data and settings, and refuses to write it twice', async () => {
  const target = join(folder, 'project')
  const { step, notes } = await exported({ format: 'pytorch', folder: target })
  expect([step! > 0, notes]).toEqual([true, []])
  expect(readdirSync(target).toSorted()).toEqual(
    ['README.md', 'config.json', 'data', 'data.py', 'layers.py', 'metrics.py', 'model.py', 'optimizer.safetensors', 'predict.py', 'prepare.py', 'ray_train.py', 'requirements-ray.txt', 'requirements.txt', 'train.py', 'weights.safetensors'], // prettier-ignore
  )
  const model = readFileSync(join(target, 'model.py'), 'utf8')
  expect(model).toContain('class Model(nn.Module):')
  for (const { name } of readSafetensors(join(target, 'weights.safetensors')).arrays)
    expect(model).toContain(`self.${name.split('.')[0]} = `)
  expect(readFileSync(join(target, 'data', 'inputs.bin')).length).toBeGreaterThan(0)
  await expect(exported({ format: 'pytorch', folder: target })).rejects.toThrow(/is there already/)
  expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([])
})

it('writes an ONNX model that runs, with what its inputs need, and leaves nothing where it cannot', async () => {
  const target = join(folder, 'onnx')
  const { bytes, step } = await exported({ format: 'onnx', folder: target })
  const names = readdirSync(target).toSorted()
  expect(names).toEqual(['README.md', 'model.json', 'model.onnx'])
  const sizes = names.map((name) => readFileSync(join(target, name)).length)
  expect([bytes, step! > 0]).toEqual([sizes.reduce((a, b) => a + b), true])
  const about = JSON.parse(readFileSync(join(target, 'model.json'), 'utf8')) as About
  expect(about.targets).toEqual(dataset.targets)
  const columns = about.preparation.columns as { name: string }[]
  expect(columns.length).toBeGreaterThan(3)
  const model = decode('ModelProto', readFileSync(join(target, 'model.onnx')))
  const metadata = new Map((model['metadata_props'] as { key: string; value: string }[]).map(({ key, value }) => [key, value])) // prettier-ignore
  expect(JSON.parse(metadata.get('document') ?? '')).toEqual(template.document)
  expect(JSON.parse(metadata.get('preparation') ?? '')).toEqual(about.preparation)
  const session = await InferenceSession.create(readFileSync(join(target, 'model.onnx')))
  const features = about.inputs['input']?.shape[1] as number
  const input = new Tensor('float32', new Float32Array(2 * features), [2, features])
  const { prediction } = await session.run({ input })
  expect(prediction?.dims).toEqual([2, dataset.targets.length])
  await session.release()
  const abort = new AbortController()
  const stream = await client.export.model({ runId, format: 'onnx', folder: join(folder, 'stopped') }, { signal: abort.signal }) // prettier-ignore
  abort.abort()
  await expect(resultOf(stream)).rejects.toThrow()
  expect(readdirSync(folder).filter((name) => /^\.|stopped|tmp/.test(name))).toEqual([])
}, 60_000)

it('writes the run as an archive that can be imported', async () => {
  const target = join(folder, 'archive')
  const { step } = await exported({ format: 'archive', folder: target })
  const [name = ''] = readdirSync(target)
  expect([step, name.endsWith('.tapedeck')]).toEqual([null, true])
  expect(await client.exchange.look({ path: join(target, name) })).toMatchObject({ kind: 'archive' })
}, 60_000)

it('weights go out with their document, and a run begins with them and leaves frozen layers as they are', async () => {
  const target = join(folder, 'weights')
  await exported({ format: 'safetensors', folder: target })
  const path = join(target, 'weights.safetensors')
  const { arrays, metadata } = readSafetensors(path)
  expect(JSON.parse(metadata['document'] ?? '')).toEqual(template.document)
  const [first = ''] = arrays.map(({ name }) => name.split('.')[0])
  const tuned = await train({ weights: path, frozen: [first] })
  const { events } = await client.runs.get({ runId: tuned })
  expect(events.map(({ note }) => note)).toContain(
    `${arrays.length} of ${arrays.length} weights were read. The optimizer, its schedule and the batches begin anew: such a file holds weights alone.`,
  )
  const after = await weightsOf(tuned)
  for (const { name, bytes } of arrays)
    expect([name, after.get(name)?.equals(bytes)]).toEqual([name, name.startsWith(`${first}.`)])
}, 60_000)

it('what cannot be is refused with a sentence', async () => {
  const other = join(folder, 'other.safetensors')
  writeSafetensors(other, [{ name: 'a', dtype: 'float32', shape: [1], bytes: new Uint8Array(4) }], {})
  const failed = await client.runs.get({ runId: await train({ weights: other }) })
  expect([failed.status, failed.error?.code]).toEqual(['failed', 'weights/other-model'])
  await expect(train({ frozen: ['nowhere'] })).rejects.toThrow(/has no layer “nowhere”/)
  const all = template.document.nodes.map(({ id }) => id)
  const none = await client.runs.get({ runId: await train({ frozen: all }) })
  expect(none.error?.code).toBe('training/all-frozen')
  const stream = await client.export.model({
    runId,
    format: 'pytorch',
    folder: join(folder, 'no'),
    checkpoint: 7,
  })
  await expect(stream.next().then(() => stream.next())).rejects.toThrow(/has no checkpoint at step 7/)
  expect(existsSync(join(folder, 'no'))).toBe(false)
}, 60_000)
