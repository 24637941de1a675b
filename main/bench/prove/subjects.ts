/** Every template with its sample data, as it is trained where exported projects are compared with the engine. */
import { createRouterClient } from '@orpc/server'
import type { ContractRouterClient } from '@orpc/contract'
import { join } from 'node:path'
import type { Contract } from '../../common/api.ts'
import type { Dataset } from '../../common/data/dataset.ts'
import type { ModelDocument } from '../../common/document.ts'
import { resultOf } from '../../common/resultOf.ts'
import { defaultTrainConfig } from '../../common/training.ts'
import { projectRoot } from '../../paths.ts'
import type { TrainJob } from '../../training/protocol.ts'
import { openWorkbench } from '../../workbench.ts'

export interface Subject {
  id: string
  job: TrainJob
}

export interface Subjects {
  ids: readonly string[]
  of: (id: string) => Promise<Subject>
  close: () => Promise<void>
}

const source = (path: string): URL => new URL(`../../${path}`, import.meta.url)

/** @param workspace folder that the sample data is imported into */
export async function openSubjects(workspace: string): Promise<Subjects> {
  const workbench = await openWorkbench({
    workspace,
    shell: 'test',
    workerUrl: source('training/worker.ts'),
    importerUrl: source('data/importWorker.ts'),
    exchangerUrl: source('exchange/exchangeWorker.ts'),
    resources: join(projectRoot(), 'resources'),
  })
  const client = createRouterClient(workbench.router) as ContractRouterClient<Contract>
  const samples = await client.data.samples()
  const templates = await client.models.templates({ datasetId: null })
  const imported = new Map<string, Dataset>()

  async function datasetOf(id: string): Promise<Dataset> {
    const known = imported.get(id)
    if (known) return known
    const path = samples.find((sample) => sample.id === id)?.path ?? ''
    const { options } = await client.data.inspect({ path })
    const dataset = await resultOf(await client.data.import({ path, options }))
    imported.set(id, dataset)
    return dataset
  }

  return {
    ids: [...templates.map(({ id }) => id), ...Object.keys(variants)],
    async of(subject) {
      const { template: id, change } = variants[subject] ?? { template: subject, change: null }
      const dataset = await datasetOf(templates.find((one) => one.id === id)?.sample ?? '')
      const fitted = (await client.models.templates({ datasetId: dataset.id })).find((one) => one.id === id)
      if (!fitted) throw new Error(`no template ${id}`)
      // An epoch of the smallest set has fewer steps than are compared.
      const epochs = Math.max(2, fitted.config.epochs)
      const job: TrainJob = {
        runId: 1,
        document: withoutDropout(change ? change(fitted.document) : fitted.document),
        dataset,
        datasetFolder: join(workspace, 'datasets', dataset.id),
        config: { ...defaultTrainConfig, ...fitted.config, epochs, probeEvery: 0, histogramsEvery: 0 },
        checkpointFolder: '',
        from: null,
        planned: [],
        again: false,
        untilEpoch: null,
      }
      return { id: subject, job }
    },
    close: () => workbench.close(),
  }
}

/**
 * Templates that round-off leads astray, changed so that it does not: a ReLU whose input is nearly zero has the whole
 * gradient or none, so that PyTorch itself is 0.3 % away from its own float64 after one backward pass of ResNet-18. GELU
 * bends where ReLU breaks; all else is the same.
 */
export const variants: Readonly<
  Record<string, { template: string; change: (document: ModelDocument) => ModelDocument }>
> = {
  'resnet-18-smooth': {
    template: 'resnet-18',
    change: (document) => ({
      ...document,
      nodes: document.nodes.map((node) => (node.kind === 'relu' ? { ...node, kind: 'gelu' } : node)),
    }),
  },
}

/** Random zeros are drawn from other generators in PyTorch: without them the curves can be compared. */
const withoutDropout = (document: ModelDocument): ModelDocument => ({
  ...document,
  nodes: document.nodes.map((node) => {
    const parameters = { ...node.parameters, ...(node.kind === 'dropout' ? { p: 0 } : { dropout: 0 }) }
    return { ...node, parameters }
  }),
})
