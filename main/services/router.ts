/** Binds the contract to the services. Every refusal leaves as `REFUSED`; see common/errors.ts. */
import { implement, ORPCError } from '@orpc/server'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { contract } from '../common/api.ts'
import { toRefusal, UserError } from '../common/errors.ts'
import type { Generated } from '../common/predict/subject.ts'
import type { RangeProgress } from '../common/rangeTest.ts'
import { templates } from '../common/templates.ts'
import { dataShape } from '../common/trainable.ts'
import {
  augmented,
  browse,
  createPace,
  glimpse,
  inspect,
  preview,
  removeCache,
  samplesAt,
  sampleSets,
  sourceChange,
  surveyTexts,
  type Maker,
} from '../data/index.ts'
import { lookAtSource, type Exchanger } from '../exchange/index.ts'
import type { Store } from '../store/index.ts'
import { doctor } from './doctor.ts'
import { ExchangeService } from './exchangeService.ts'
import { ExportService } from './exportService.ts'
import type { FollowService } from './follow/followService.ts'
import { importTask } from './importService.ts'
import { readingProcedures, refusedHere } from './readOnly.ts'
import { readSeries } from './readSeries.ts'
import type { Evaluations } from './predict/evaluations.ts'
import { PredictService } from './predict/predictService.ts'
import { begun, progressTask } from './progressTask.ts'
import { tidyWorkspace } from './tidyWorkspace.ts'
import { vacuum } from './vacuum.ts'
import { watchRevision } from './watchRevision.ts'
import { refreshTask, renameDataset } from './refreshService.ts'
import { PredictionService } from './predictionService.ts'
import { RunService } from './runService.ts'
import type { SweepService } from './sweeps/sweepService.ts'
import type { TrainingService } from './trainingService.ts'
import { WeightService } from './weightService.ts'

export interface RouterParts {
  version: string
  shell: 'desktop' | 'browser' | 'cli' | 'test'
  workspace: string
  resources: string
  store: Store
  training: TrainingService
  sweeps: SweepService
  follows: FollowService
  evaluations: Evaluations
  makeDataset: Maker
  exchanger: Exchanger
  choosePath: ((what: 'folder' | 'file') => Promise<string | null>) | null
}

/** The router; its type is what shells serve and what `createRouterClient` calls. */
export function createRouter(parts: RouterParts) {
  const { store, training, sweeps, follows, evaluations, workspace } = parts
  const runService = new RunService(store, workspace, training)
  if (!store.readOnly) tidyWorkspace(store, workspace, runService)
  const exchange = new ExchangeService(parts)
  const predict = new PredictService(store, training.engine, workspace, evaluations)
  const predictions = new PredictionService(store)
  const exporter = new ExportService(parts)
  const weights = new WeightService(store, training, workspace)
  const refused = (error: unknown): unknown => asContractError(store.described(error))
  const os = implement(contract).use(async ({ next, path }) => {
    try {
      if (store.readOnly && !readingProcedures.has(path.join('.')))
        throw refusedHere(workspace, store.holder())
      return await next()
    } catch (error) {
      throw refused(error)
    }
  })

  return os.router({
    app: {
      info: os.app.info.handler(async () => ({
        version: parts.version,
        shell: parts.shell,
        workspace,
        engine: await training.engine.info().catch(() => null),
        nativeDialogs: parts.choosePath !== null,
        readOnly: store.readOnly ? { holder: store.holder() } : null,
      })),
      takeOver: os.app.takeOver.handler(() => {
        if (!store.readOnly) return
        store.takeOver(parts.shell)
        tidyWorkspace(store, workspace, runService)
        follows.resume()
        sweeps.look()
      }),
      doctor: os.app.doctor.handler(() =>
        doctor({ engine: () => training.engine.info(), sqliteVersion: store.sqliteVersion, workspace }),
      ),
      vacuum: os.app.vacuum.handler(async function* ({ signal }) {
        try {
          return yield* progressTask((task) => vacuum(store, task), begun('Giving space back'), signal)
        } catch (error) {
          throw refused(error)
        }
      }),
    },
    data: {
      samples: os.data.samples.handler(() => sampleSets(parts.resources)),
      choose: os.data.choose.handler(async ({ input }) => {
        if (parts.choosePath) return parts.choosePath(input.what)
        throw new UserError({
          code: 'data/no-dialog',
          what: 'This shell has no folder dialog.',
          mend: 'Type the path, or pick a folder in the list.',
        })
      }),
      browse: os.data.browse.handler(({ input }) => browse(input.path)),
      inspect: os.data.inspect.handler(({ input }) => inspect(input.path)),
      glimpse: os.data.glimpse.handler(({ input: { path, options }, signal }) =>
        glimpse(path, options, createPace(signal)),
      ),
      import: os.data.import.handler(async function* ({ input, signal }) {
        try {
          return yield* importTask(input, workspace, store, parts.makeDataset, signal)
        } catch (error) {
          throw refused(error)
        }
      }),
      survey: os.data.survey.handler(async function* ({ input: { path, options }, signal }) {
        try {
          return yield* progressTask(
            (task) => surveyTexts(path, options, task),
            begun('Reading texts'),
            signal,
          )
        } catch (error) {
          throw refused(error)
        }
      }),
      list: os.data.list.handler(() => store.datasets.list()),
      preview: os.data.preview.handler(({ input: { datasetId, ...query } }) =>
        preview(store.datasets.get(datasetId), join(workspace, 'datasets'), query),
      ),
      samplesAt: os.data.samplesAt.handler(({ input: { datasetId, rows } }) =>
        samplesAt(store.datasets.get(datasetId), join(workspace, 'datasets'), rows),
      ),
      rename: os.data.rename.handler(({ input: { datasetId, name } }) =>
        renameDataset(store.datasets.get(datasetId), name, workspace, store),
      ),
      changed: os.data.changed.handler(({ input: { datasetId }, signal }) =>
        sourceChange(store.datasets.get(datasetId), createPace(signal)),
      ),
      refresh: os.data.refresh.handler(async function* ({ input, signal }) {
        try {
          return yield* refreshTask(input.datasetId, workspace, store, parts.makeDataset, signal)
        } catch (error) {
          throw refused(error)
        }
      }),
      augmented: os.data.augmented.handler(({ input: { datasetId, ...query } }) =>
        augmented(store.datasets.get(datasetId), join(workspace, 'datasets'), query),
      ),
      remove: os.data.remove.handler(async ({ input: { datasetId } }) => {
        const dataset = store.datasets.get(datasetId)
        if (training.datasetInUse === datasetId)
          throw new UserError({
            code: 'data/in-use',
            what: `"${dataset.name}" is being trained on.`,
            mend: 'Stop the run first.',
          })
        const sweep = sweeps.needs(datasetId)
        if (sweep)
          throw new UserError({
            code: 'data/in-use',
            what: `"${dataset.name}" is needed by "${sweep.name}" in the queue.`,
            mend: 'Stop that sweep first.',
          })
        store.datasets.remove(datasetId)
        await removeCache(dataset.id, join(workspace, 'datasets'))
      }),
    },
    models: {
      templates: os.models.templates.handler(({ input: { datasetId } }) => [
        ...templates(dataShape(datasetId === null ? null : store.datasets.get(datasetId))),
      ]),
      list: os.models.list.handler(() => store.models.list()),
      save: os.models.save.handler(({ input }) => store.models.put(input.id ?? randomUUID(), input.document)),
      remove: os.models.remove.handler(({ input }) => store.models.remove(input.id)),
      oneBatch: os.models.oneBatch.handler(({ input: { datasetId, ...rest } }) =>
        training.questions.ask('one-batch', datasetId, rest),
      ),
      forecast: os.models.forecast.handler(({ input: { datasetId, ...rest } }) =>
        training.questions.ask('forecast', datasetId, rest),
      ),
      measureRewrites: os.models.measureRewrites.handler(({ input: { datasetId, ...rest } }) =>
        training.questions.ask('measure-rewrites', datasetId, rest),
      ),
      checkGradients: os.models.checkGradients.handler(({ input }) =>
        training.questions.checkGradients(input),
      ),
    },
    training: {
      start: os.training.start.handler(async ({ input }) => ({ runId: await training.start(input) })),
      pause: os.training.pause.handler(({ input }) => training.pause(input.runId)),
      resume: os.training.resume.handler(({ input }) => training.resume(input.runId)),
      stop: os.training.stop.handler(({ input }) => training.stop(input.runId)),
      step: os.training.step.handler(({ input }) => training.step(input.runId)),
      stopAfterEpoch: os.training.stopAfterEpoch.handler(({ input }) => training.stopAfterEpoch(input.runId)),
      change: os.training.change.handler(({ input }) => training.change(input.runId, input.changes)),
      resumeRun: os.training.resumeRun.handler(({ input }) =>
        training.resumeRun(input.runId, input.changes, input.planned),
      ),
      probe: os.training.probe.handler(({ input }) => training.probe(input.runId)),
      fork: os.training.fork.handler(async ({ input: { runId, ...request } }) => ({
        runId: await training.fork(runId, request),
      })),
      rangeTest: os.training.rangeTest.handler(async function* ({ input, signal }) {
        const { datasetId, ...rest } = input
        const first: RangeProgress = { done: 0, total: rest.range.steps, note: '', points: [] }
        try {
          return yield* progressTask(
            (task) => training.questions.rangeTest(datasetId, rest, task),
            first,
            signal,
          )
        } catch (error) {
          throw refused(error)
        }
      }),
      watch: os.training.watch.handler(({ signal }) => training.live.watch(signal)),
    },
    predict: {
      subject: os.predict.subject.handler(({ input }) => predict.subject(input)),
      ask: os.predict.ask.handler(({ input: { given, explain, ...query } }) =>
        predict.ask(query, given, explain),
      ),
      generate: os.predict.generate.handler(async function* ({ input: { asked, ...query }, signal }) {
        const first: Generated = { done: 0, total: asked.most, note: '', text: '' }
        try {
          return yield* progressTask((task) => predict.generate(query, asked, task), first, signal)
        } catch (error) {
          throw refused(error)
        }
      }),
      evaluate: os.predict.evaluate.handler(async function* ({ input, signal }) {
        try {
          return yield* progressTask((task) => evaluations.evaluate(input, task), begun('Evaluating'), signal)
        } catch (error) {
          throw refused(error)
        }
      }),
      evaluated: os.predict.evaluated.handler(({ input }) => evaluations.samples(input)),
      curves: os.predict.curves.handler(({ input: { id, classIndex } }) =>
        evaluations.curves(id, classIndex),
      ),
      files: os.predict.files.handler(async function* ({ input: { asked, ...query }, signal }) {
        try {
          return yield* progressTask((task) => predict.files(query, asked, task), begun('Reading'), signal)
        } catch (error) {
          throw refused(error)
        }
      }),
    },
    tape: {
      record: os.tape.record.handler(({ input }) => training.record(input.runId)),
      list: os.tape.list.handler(({ input }) => training.tapes.list(input.runId)),
      get: os.tape.get.handler(({ input }) => training.tapes.get(input.id)),
      gradients: os.tape.gradients.handler(({ input: { id, node } }) => training.tapes.gradients(id, node)),
      whatIf: os.tape.whatIf.handler(({ input: { id, from, to } }) => training.tapes.whatIf(id, from, to)),
    },
    runs: {
      list: os.runs.list.handler(() => store.runs.list()),
      changes: os.runs.changes.handler(({ input }) => store.runList.changes(input)),
      watch: os.runs.watch.handler(({ signal }) => watchRevision(store, signal)),
      metricNames: os.runs.metricNames.handler(() => store.runList.metricNames()),
      binned: os.runs.binned.handler(() => store.runs.binned()),
      get: os.runs.get.handler(({ input }) => store.runs.get(input.runId)),
      series: os.runs.series.handler(({ input, signal }) => readSeries(store, input, createPace(signal))),
      health: os.runs.health.handler(({ input }) => store.health.history(input)),
      histograms: os.runs.histograms.handler(({ input }) => store.health.histograms(input)),
      filters: os.runs.filters.handler(({ input }) => weights.filters(input)),
      neighbours: os.runs.neighbours.handler(({ input }) => weights.neighbours(input)),
      valuesAt: os.runs.valuesAt.handler(({ input }) =>
        store.valuesAt.read(input.metric, input.at, input.extreme),
      ),
      predictions: os.runs.predictions.handler(({ input }) => predictions.page(input)),
      disagreements: os.runs.disagreements.handler(({ input }) => predictions.disagreements(input)),
      rename: os.runs.rename.handler(({ input }) => store.runs.rename(input.runId, input.name)),
      annotate: os.runs.annotate.handler(({ input: { runIds, ...said } }) =>
        runService.annotate(runIds, said),
      ),
      bin: os.runs.bin.handler(({ input }) => runService.bin(input.runIds)),
      restore: os.runs.restore.handler(({ input }) => runService.restore(input.runIds)),
      remove: os.runs.remove.handler(({ input }) => runService.remove(input.runId)),
      emptyBin: os.runs.emptyBin.handler(async function* ({ signal }) {
        try {
          return yield* progressTask((task) => runService.emptyBin(task), begun('Deleting'), signal)
        } catch (error) {
          throw refused(error)
        }
      }),
      sizes: os.runs.sizes.handler(() => runService.sizes()),
      removeSetAside: os.runs.removeSetAside.handler(() => runService.removeSetAside()),
    },
    views: {
      list: os.views.list.handler(() => store.views.list()),
      save: os.views.save.handler(({ input }) => store.views.save(input.id, input.name, input.view)),
      setDefault: os.views.setDefault.handler(({ input }) => store.views.setDefault(input.id)),
      remove: os.views.remove.handler(({ input }) => store.views.remove(input.id)),
    },
    exchange: {
      look: os.exchange.look.handler(({ input }) => lookAtSource(input.path)),
      import: os.exchange.import.handler(async function* ({ input, signal }) {
        try {
          return yield* exchange.import(input, signal)
        } catch (error) {
          throw refused(error)
        }
      }),
      export: os.exchange.export.handler(async function* ({ input, signal }) {
        try {
          return yield* exchange.export(input, signal)
        } catch (error) {
          throw refused(error)
        }
      }),
    },
    follow: {
      start: os.follow.start.handler(({ input }) => follows.start(input.path)),
      stop: os.follow.stop.handler(({ input }) => follows.stop(input.id)),
      remove: os.follow.remove.handler(({ input }) => follows.remove(input.id)),
      watch: os.follow.watch.handler(({ signal }) => follows.watch(signal)),
    },
    export: {
      model: os.export.model.handler(async function* ({ input, signal }) {
        try {
          return yield* exporter.export(input, signal)
        } catch (error) {
          throw refused(error)
        }
      }),
    },
    sweeps: {
      preview: os.sweeps.preview.handler(({ input }) => sweeps.preview(input)),
      start: os.sweeps.start.handler(({ input }) => ({ sweepId: sweeps.start(input.spec, input.name) })),
      list: os.sweeps.list.handler(() => sweeps.queue()),
      get: os.sweeps.get.handler(({ input }) => sweeps.get(input.sweepId)),
      pause: os.sweeps.pause.handler(({ input }) => sweeps.pause(input.sweepId)),
      resume: os.sweeps.resume.handler(({ input }) => sweeps.resume(input.sweepId)),
      stop: os.sweeps.stop.handler(({ input }) => sweeps.stop(input.sweepId)),
      skip: os.sweeps.skip.handler(({ input }) => sweeps.skip(input.sweepId, input.number)),
      retry: os.sweeps.retry.handler(({ input }) => sweeps.retry(input.sweepId, input.number)),
      reorder: os.sweeps.reorder.handler(({ input }) => sweeps.reorder(input.sweepId, input.before)),
      watch: os.sweeps.watch.handler(({ signal }) => sweeps.watch(signal)),
      remove: os.sweeps.remove.handler(({ input }) => sweeps.remove(input.sweepId)),
    },
  })
}

export type AppRouter = ReturnType<typeof createRouter>

/** As the contract's error; oRPC's own errors (a wrong input, a cancelled call) pass unchanged. */
function asContractError(error: unknown): unknown {
  if (error instanceof ORPCError) return error
  const detail = error instanceof Error && !(error instanceof UserError) ? error.stack : undefined
  const refusal = toRefusal(error)
  return new ORPCError('REFUSED', {
    status: 422,
    message: `${refusal.what} ${refusal.mend}`.trim(),
    data: { ...refusal, ...(detail === undefined ? {} : { detail }) },
    defined: true,
    cause: error,
  })
}
