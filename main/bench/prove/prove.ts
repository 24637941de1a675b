/**
 * Trains every template for some steps in the engine and writes it, as it was before the first of them, as a project of
 * PyTorch with a `model.onnx` in it, with what the engine computed in `expected.json`. `prove.py` and `prove_onnx.py` compare:
 *
 *     node main/bench/prove/prove.ts FOLDER [TEMPLATE...] && python main/bench/prove/prove.py FOLDER
 *     python main/bench/prove/prove_onnx.py FOLDER
 */
import { createRouterClient } from '@orpc/server'
import type { ContractRouterClient } from '@orpc/contract'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Contract } from '../../common/api.ts'
import type { Dataset } from '../../common/data/dataset.ts'
import type { ModelDocument } from '../../common/document.ts'
import { defaultTrainConfig } from '../../common/training.ts'
import { noGrad, scope } from '../../engine/index.ts'
import { projectRoot } from '../../paths.ts'
import { arrayOf } from '../../training/run/arrays.ts'
import { Trainee } from '../../training/run/trainee.ts'
import { openWorkbench } from '../../workbench.ts'
import { writeOnnx } from '../../export/onnx/file.ts'
import { traceDocument } from '../../export/onnx/trace.ts'
import { writePytorch } from '../../export/pytorch/project.ts'
import { writeSafetensors } from '../../export/safetensors.ts'

const steps = 50
const [target, ...wanted] = process.argv.slice(2)
if (!target) throw new Error('Say which folder the projects go into.')
const folder = resolve(target)
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })

const source = (path: string): URL => new URL(`../../${path}`, import.meta.url)
const resources = join(projectRoot(), 'resources')
const workspace = join(folder, '.workspace')
const workbench = await openWorkbench({
  workspace,
  shell: 'test',
  workerUrl: source('training/worker.ts'),
  importerUrl: source('data/importWorker.ts'),
  exchangerUrl: source('exchange/exchangeWorker.ts'),
  resources,
})
const client = createRouterClient(workbench.router) as ContractRouterClient<Contract>
const samples = await client.data.samples()
const imported = new Map<string, Dataset>()

async function datasetOf(id: string): Promise<Dataset> {
  const known = imported.get(id)
  if (known) return known
  const path = samples.find((sample) => sample.id === id)?.path ?? ''
  const { options } = await client.data.inspect({ path })
  const stream = await client.data.import({ path, options })
  for (;;) {
    const next = await stream.next()
    if (!next.done) continue
    imported.set(id, next.value)
    return next.value
  }
}

/** Random zeros are drawn from other generators there: without them the curves can be compared. */
const withoutDropout = (document: ModelDocument): ModelDocument => ({
  ...document,
  nodes: document.nodes.map((node) => {
    const parameters = { ...node.parameters, ...(node.kind === 'dropout' ? { p: 0 } : { dropout: 0 }) }
    return { ...node, parameters }
  }),
})

for (const { id, sample } of await client.models.templates({ datasetId: null })) {
  if (wanted.length > 0 && !wanted.includes(id)) continue
  const dataset = await datasetOf(sample)
  const fitted = (await client.models.templates({ datasetId: dataset.id })).find((one) => one.id === id)
  if (!fitted) throw new Error(`no template ${id}`)
  const document = withoutDropout(fitted.document)
  // An epoch of the smallest set has fewer steps than are compared.
  const epochs = Math.max(2, fitted.config.epochs)
  const config = { ...defaultTrainConfig, ...fitted.config, epochs, probeEvery: 0, histogramsEvery: 0 }
  const datasetFolder = join(workspace, 'datasets', dataset.id)
  const job = { runId: 1, document, dataset, datasetFolder, config, checkpointFolder: '', from: null }
  const trainee = new Trainee({ ...job, planned: [], again: false, untilEpoch: null })
  const checkpoint = { path: join(folder, `${id}.start.safetensors`), step: 0, epoch: 0 }
  const tensors = [...trainee.model.tensors]
  writeSafetensors(checkpoint.path, tensors.map(([key, tensor]) => arrayOf(key, tensor)), {}) // prettier-ignore
  const run = { id: 1, name: id, document, dataset, datasetFolder, config, checkpoint, classWeights: null }
  const quiet = { signal: new AbortController().signal, onProgress: () => undefined }
  await writePytorch(run, join(folder, id), join(resources, 'pytorch'), quiet)
  const written = { name: id, producerVersion: '', weights: checkpoint.path, metadata: {}, signal: quiet.signal } // prettier-ignore
  await writeOnnx(join(folder, id, 'model.onnx'), traceDocument(document, dataset), written)

  const { batches, model, objective, optimizer, rate } = trainee
  const each = batches.epoch(config, 1)
  const total = each.length * config.epochs
  const probes = [...new Set([0, 1, Math.floor(each.length / 2), each.length - 1])].slice(0, 4)
  const outputs = probes.map((at) =>
    scope(() =>
      noGrad(() => {
        const rows = each[at]?.slice(0, 8) ?? new Uint32Array()
        const { inputs, extents } = batches.take(rows)
        const output = model.forward(inputs, false, extents)
        return {
          rows: [...rows],
          shape: [...output.shape],
          values: [...(output.toTypedArray() as Float32Array)],
        }
      }),
    ),
  )
  const losses: number[] = []
  let order = each
  for (let step = 0, epoch = 1, at = 0; step < steps; step++, at++) {
    if (at === order.length) {
      ;[order, at] = [batches.epoch(config, ++epoch), 0]
    }
    scope(() => {
      const { inputs, extents, targets } = batches.take(order[at] as Uint32Array)
      optimizer.lr = rate.at(step, total)
      optimizer.zeroGrad()
      const loss = objective.loss(model.forward(inputs, true, extents), targets)
      loss.backward()
      optimizer.step()
      losses.push(loss.item())
    })
  }
  writeFileSync(join(folder, id, 'expected.json'), JSON.stringify({ outputs, losses }))
  trainee.dispose()
  process.stdout.write(
    `${id}: loss ${losses[0]?.toFixed(6)} to ${losses.at(-1)?.toFixed(6)} in ${steps} steps\n`,
  )
}
await workbench.close()
