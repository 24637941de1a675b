/**
 * The contract between the page and the services. The desktop shell serves it over a MessagePort,
 * the browser shell over a WebSocket, tests and the command line call the router directly.
 *
 * Streams are event iterators. A task (anything over 200 ms) is a stream of progress that ends with
 * its result; cancelling is aborting the call. Every refusal is the error `REFUSED` with a stable code.
 */
import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { documentSchema } from './document.ts'
import {
  healthHistorySchema,
  healthQuerySchema,
  histogramQuerySchema,
  histogramSchema,
} from './health/figures.ts'
import {
  filtersQuerySchema,
  filtersSchema,
  neighboursQuerySchema,
  neighboursSchema,
} from './health/weights.ts'
import { forecastSchema, gradientCheckSchema, oneBatchSchema, rewriteGainSchema } from './inspection.ts'
import { packedSeriesSchema } from './packedSeries.ts'
import {
  exportedSchema,
  exportRequestSchema,
  importedSchema,
  importRequestSchema,
  sourceLookSchema,
} from './exchange/exchange.ts'
import { followSchema } from './exchange/follow.ts'
import { runChangesSchema } from './storedRun.ts'
import {
  classCurvesSchema,
  evaluatedQuerySchema,
  evaluatedSchema,
  evaluateQuerySchema,
  evaluationSchema,
} from './evaluation/evaluation.ts'
import { predictFilesSchema, predictedFilesSchema } from './predict/files.ts'
import {
  answerSchema,
  explainSchema,
  generateSchema,
  generatedSchema,
  givenSchema,
  subjectQuerySchema,
  subjectSchema,
} from './predict/subject.ts'
import { rangeProgressSchema, rangeSchema, rangeTestSchema } from './rangeTest.ts'
import {
  augmentationSchema,
  plannedChangeSchema,
  trainChangesSchema,
  trainConfigPartSchema,
  trainConfigSchema,
} from './training.ts'
import {
  disagreementsQuerySchema,
  disagreementsSchema,
  predictionsQuerySchema,
  predictionsSchema,
} from './predictions/predictions.ts'
import {
  augmentedItemSchema,
  engineInfoSchema,
  findingSchema,
  folderEntrySchema,
  holderSchema,
  liveSchema,
  modelSchema,
  progressSchema,
  refusalSchema,
  runDetailSchema,
  runSchema,
  runSizeSchema,
  tagSchema,
  templateSchema,
} from './schemas.ts'
import {
  datasetSchema,
  previewItemSchema,
  refreshedSchema,
  sourceChangeSchema,
  splitSchema,
} from './data/dataset.ts'
import { glimpseSchema, guessSchema, sampleSetSchema, surveySchema } from './data/guess.ts'
import { importOptionsSchema } from './data/options.ts'
import { savedViewSchema, tableViewSchema, viewName } from './views/schemas.ts'
import { queueSchema, sweepDetailSchema, sweepPreviewSchema } from './sweeps/contract.ts'
import { sweepSpecSchema } from './sweeps/spec.ts'
import { modelExportedSchema, modelExportSchema } from './export/export.ts'
import { nodeGradientsSchema, tapeHeadSchema, tapeRecordSchema, whatIfSchema } from './tape/record.ts'

const procedure = oc.errors({ REFUSED: { status: 422, data: refusalSchema } })

const runId = z.object({ runId: z.number().int() })
const runIds = z.object({ runIds: z.array(z.number().int()).min(1).max(10_000) })
const tapeId = z.object({ id: z.number().int() })
const sweepId = z.object({ sweepId: z.number().int() })
/** Null: all of the queue. */
const sweepOrAll = z.object({ sweepId: z.number().int().nullable() })
const trialNumber = z.number().int().min(1)
const none = z.void()
const subject = z.object({ document: documentSchema, datasetId: z.string() })
/** Changes to be made on the way. */
const planned = z.array(plannedChangeSchema).max(1000).default([])
const path = z.string().min(1).max(4096)

export const contract = {
  app: {
    info: procedure.output(
      z.object({
        version: z.string(),
        shell: z.enum(['desktop', 'browser', 'cli', 'test']),
        workspace: z.string(),
        /** Null when the engine could not be loaded; `doctor` says why. */
        engine: engineInfoSchema.nullable(),
        /** True when `data.choose` opens the system's own dialog. */
        nativeDialogs: z.boolean(),
        /** Where another process writes to the workspace, so that it can only be read here; `holder` null: it has gone. */
        readOnly: z.object({ holder: holderSchema.nullable() }).nullable(),
      }),
    ),
    /** Writes to the workspace from now on, where it was only read because another process did; that has to be closed. */
    takeOver: procedure,
    doctor: procedure.output(z.array(findingSchema)),
    /** Gives the space of what was deleted back to the disk; in bytes. */
    vacuum: procedure.output(eventIterator(progressSchema, z.object({ bytes: z.number() }))),
  },
  data: {
    /** The sets that the project generates itself. */
    samples: procedure.output(z.array(sampleSetSchema)),
    /** Opens the system's folder dialog; null when cancelled. */
    choose: procedure.input(z.object({ what: z.enum(['folder', 'file']) })).output(path.nullable()),
    /** Lists a folder on the machine that the workbench runs on; null means the home folder. */
    browse: procedure
      .input(z.object({ path: path.nullable() }))
      .output(
        z.object({ path: z.string(), parent: z.string().nullable(), entries: z.array(folderEntrySchema) }),
      ),
    /** Guesses what a path is without reading it all. */
    inspect: procedure.input(z.object({ path })).output(guessSchema),
    /** Some samples as they would be read with these options; nothing is stored. */
    glimpse: procedure.input(z.object({ path, options: importOptionsSchema })).output(glimpseSchema),
    /** Reads the source into the workspace. Importing the same content again gives the same dataset. */
    import: procedure
      .input(z.object({ path, options: importOptionsSchema }))
      .output(eventIterator(progressSchema, datasetSchema)),
    /** Texts only: what these options make of them, from a part of the source, in a fraction of an import's time. */
    survey: procedure
      .input(z.object({ path, options: importOptionsSchema }))
      .output(eventIterator(progressSchema, surveySchema)),
    list: procedure.output(z.array(datasetSchema)),
    preview: procedure
      .input(
        z.object({
          datasetId: z.string(),
          split: splitSchema.nullable(),
          classIndex: z.number().int().nullable(),
          offset: z.number().int().min(0),
          limit: z.number().int().min(1).max(200),
        }),
      )
      .output(z.object({ total: z.number(), items: z.array(previewItemSchema) })),
    /** Single samples by their row, in the order asked: those that a finding of the check-up is about. */
    samplesAt: procedure
      .input(z.object({ datasetId: z.string(), rows: z.array(z.number().int().min(0)).max(200) }))
      .output(z.array(previewItemSchema)),
    rename: procedure
      .input(z.object({ datasetId: z.string(), name: z.string().trim().min(1).max(120) }))
      .output(datasetSchema),
    /** Looks whether the source has changed since the import, without reading it. */
    changed: procedure.input(z.object({ datasetId: z.string() })).output(sourceChangeSchema),
    /**
     * Reads the source again with the same options. What changed is a new data set, and the one before stays for the
     * runs that were trained on it.
     */
    refresh: procedure
      .input(z.object({ datasetId: z.string() }))
      .output(eventIterator(progressSchema, refreshedSchema)),
    /** Training images as the epochs of a run with this augmentation and seed would see them. */
    augmented: procedure
      .input(
        z.object({
          datasetId: z.string(),
          augmentation: augmentationSchema,
          seed: trainConfigSchema.shape.seed,
          count: z.number().int().min(1).max(24).default(6),
        }),
      )
      .output(z.array(augmentedItemSchema)),
    remove: procedure.input(z.object({ datasetId: z.string() })).output(none),
  },
  models: {
    /** Models to start from, fitted to a data set; null where none is chosen. */
    templates: procedure
      .input(z.object({ datasetId: z.string().nullable() }))
      .output(z.array(templateSchema)),
    /** Newest first. */
    list: procedure.output(z.array(modelSchema)),
    save: procedure
      .input(z.object({ id: z.string().nullable(), document: documentSchema }))
      .output(modelSchema),
    remove: procedure.input(z.object({ id: z.string() })).output(none),
    /** Forward and backward once with starting weights; nothing is updated. Refused while a run trains. */
    oneBatch: procedure
      .input(subject.extend(trainConfigSchema.pick({ batchSize: true, seed: true, device: true }).shape))
      .output(oneBatchSchema),
    /** A few real steps whose updates are thrown away: time and memory. Refused while a run trains. */
    forecast: procedure.input(subject.extend({ config: trainConfigSchema })).output(forecastSchema),
    /** The same batches with rewrites and without; nothing is updated. Refused while a run trains. */
    measureRewrites: procedure.input(subject.extend({ config: trainConfigSchema })).output(rewriteGainSchema),
    /** Compares the gradients of a custom operator with finite differences. Refused while a run trains. */
    checkGradients: procedure
      .input(z.object({ document: documentSchema, nodeId: z.string(), datasetId: z.string().nullable() }))
      .output(z.array(gradientCheckSchema)),
  },
  training: {
    start: procedure
      .input(
        z.object({
          document: documentSchema,
          datasetId: z.string(),
          config: trainConfigSchema,
          /** Null: named by data set, model and what changed since the last run. */
          name: z.string().max(120).nullable(),
          planned,
          /** File of weights to begin with: safetensors. What came of it is an event of the run. */
          weights: path.nullable().default(null),
        }),
      )
      .output(runId),
    pause: procedure.input(runId).output(none),
    resume: procedure.input(runId).output(none),
    stop: procedure.input(runId).output(none),
    /** One step of a run that is paused. */
    step: procedure.input(runId).output(none),
    /** Ends the run when the epoch it is in was evaluated. */
    stopAfterEpoch: procedure.input(runId).output(none),
    /** Takes effect before the next step; a checkpoint is written first, and the change recorded and marked. */
    change: procedure.input(runId.extend({ changes: trainChangesSchema })).output(none),
    /** Goes on with a run that has ended, from its newest checkpoint; more epochs are one of the changes. */
    resumeRun: procedure
      .input(runId.extend({ changes: trainChangesSchema.default({}), planned }))
      .output(none),
    /** Looks at every value of every layer at the next step, and takes histograms. */
    probe: procedure.input(runId).output(none),
    /** A new run that goes on from a checkpoint of another; null: from its start. */
    fork: procedure
      .input(
        runId.extend({
          checkpointId: z.number().int().nullable(),
          /** Any part of the configuration. */
          changes: trainConfigPartSchema.default({}),
          name: z.string().max(120).nullable().default(null),
          planned,
        }),
      )
      .output(runId),
    /**
     * Trains a fresh model while the rate rises from very low to far too high, and throws it away: which rates work. Refused
     * while a run trains; ends when one is started.
     */
    rangeTest: procedure
      .input(subject.extend({ config: trainConfigSchema, range: rangeSchema.prefault({}) }))
      .output(eventIterator(rangeProgressSchema, rangeTestSchema)),
    /** The run in the engine, now and whenever it changes; null when none has trained since the start. */
    watch: procedure.output(eventIterator(liveSchema.nullable())),
  },
  /** Tapes of single steps; the last ones of each run are kept until the workbench is closed. */
  tape: {
    /**
     * Records the next step of the run that trains; one that is paused makes a step for it. Of a run that has ended, the
     * step after its newest checkpoint is made once more and thrown away. Refused while another run trains.
     */
    record: procedure.input(runId).output(tapeHeadSchema),
    /** Newest first. */
    list: procedure.input(runId).output(z.array(tapeHeadSchema)),
    get: procedure.input(tapeId).output(tapeRecordSchema),
    /** What passed through one node in backward. */
    gradients: procedure.input(tapeId.extend({ node: z.number().int().min(0) })).output(nodeGradientsSchema),
    /** An estimate: layers `from` to `to` keep nothing for backward and run forward a second time. */
    whatIf: procedure
      .input(tapeId.extend({ from: z.number().int().min(0), to: z.number().int().min(0) }))
      .output(whatIfSchema),
  },
  /** Asking trained weights; also while a run trains. */
  predict: {
    subject: procedure.input(subjectQuerySchema).output(subjectSchema),
    ask: procedure
      .input(
        subjectQuerySchema.extend({ given: givenSchema, explain: explainSchema.nullable().default(null) }),
      )
      .output(answerSchema),
    /** A language model goes on with a text; ends with all of it. */
    generate: procedure
      .input(subjectQuerySchema.extend({ asked: generateSchema }))
      .output(eventIterator(generatedSchema, z.string())),
    /** What a checkpoint is worth on a split of a data set. */
    evaluate: procedure.input(evaluateQuerySchema).output(eventIterator(progressSchema, evaluationSchema)),
    /** Samples of an evaluation, or of one cell of its confusion matrix; the worst first. */
    evaluated: procedure.input(evaluatedQuerySchema).output(evaluatedSchema),
    /** ROC and precision-recall of one class against all others. */
    curves: procedure
      .input(z.object({ id: z.number().int(), classIndex: z.number().int().min(0) }))
      .output(classCurvesSchema),
    /** Every sample of a folder, a file or a table, into a CSV or JSON lines. */
    files: procedure
      .input(subjectQuerySchema.extend({ asked: predictFilesSchema }))
      .output(eventIterator(progressSchema, predictedFilesSchema)),
  },
  runs: {
    /** Newest first; the bin is left out. */
    list: procedure.output(z.array(runSchema)),
    /** What changed in the list of runs, a page at a time: see `runChangesSchema`. */
    changes: procedure
      .input(z.object({ since: z.number().int().min(0), before: z.number().int().nullable() }))
      .output(runChangesSchema),
    /** The number of the newest change, now and whenever there is a newer one. */
    watch: procedure.output(eventIterator(z.number())),
    /** Every name that a run outside the bin logged, and by how many of them; the most usual first. */
    metricNames: procedure.output(z.array(z.object({ metric: z.string(), runs: z.number() }))),
    /** What lies in the bin, the last one moved there first. */
    binned: procedure.output(z.array(runSchema)),
    get: procedure.input(runId).output(runDetailSchema),
    series: procedure
      .input(
        z.object({
          runIds: z.array(z.number().int()).max(200),
          metrics: z.array(z.string()).max(100),
          /** Buckets per series; a chart asks for its width in pixels. Of very many series each gets fewer. */
          maxBuckets: z.number().int().min(1).max(5000),
          fromStep: z.number().nullable(),
          toStep: z.number().nullable(),
        }),
      )
      .output(z.array(packedSeriesSchema)),
    /** What probes measured of every layer, thinned to the columns of a heat map. */
    health: procedure.input(healthQuerySchema).output(healthHistorySchema),
    /** How the values of a part of a layer were spread over time. */
    histograms: procedure
      .input(histogramQuerySchema)
      .output(z.object({ total: z.number(), histograms: z.array(histogramSchema) })),
    /** Filters of a convolution, or of a Linear over images, a page at a time. */
    filters: procedure.input(filtersQuerySchema).output(filtersSchema),
    /** Tokens of an Embedding near another. */
    neighbours: procedure.input(neighboursQuerySchema).output(neighboursSchema),
    /** A metric at the step where another was best, of every run that has both. */
    valuesAt: procedure
      .input(z.object({ metric: z.string(), at: z.string(), extreme: z.enum(['min', 'max']) }))
      .output(z.array(z.object({ runId: z.number(), value: z.number() }))),
    /** What a run says of its validation samples. */
    predictions: procedure.input(predictionsQuerySchema).output(predictionsSchema),
    /** The validation samples that two runs get right or wrong, and those of one kind. */
    disagreements: procedure.input(disagreementsQuerySchema).output(disagreementsSchema),
    rename: procedure.input(runId.extend({ name: z.string().min(1).max(120) })).output(none),
    /** What a person says of runs; what is left out stays as it is. */
    annotate: procedure
      .input(
        runIds.extend({
          addTags: z.array(tagSchema).max(20).default([]),
          removeTags: z.array(tagSchema).max(20).default([]),
          note: z.string().max(20_000).optional(),
          group: z.string().trim().min(1).max(120).nullable().optional(),
        }),
      )
      .output(none),
    /** Out of the table and every chart, but nothing of it is deleted. Refused while it trains. */
    bin: procedure.input(runIds).output(none),
    restore: procedure.input(runIds).output(none),
    /** For ever, its checkpoints too. Refused while it trains. */
    remove: procedure.input(runId).output(none),
    /** Everything in the bin, for ever; the number of runs. Cancelled, the rest stays in the bin. */
    emptyBin: procedure.output(eventIterator(progressSchema, z.object({ runs: z.number() }))),
    /** Of every run, those in the bin too. */
    sizes: procedure.output(z.array(runSizeSchema)),
    /** What was left of damaged checkpoints, for ever. */
    removeSetAside: procedure.output(none),
  },
  /** Saved set-ups of the table of runs. */
  views: {
    list: procedure.output(z.array(savedViewSchema)),
    /** Null: a new one. */
    save: procedure
      .input(z.object({ id: z.number().int().nullable(), name: viewName, view: tableViewSchema }))
      .output(savedViewSchema),
    /** The page opens with it; null: with none of them. */
    setDefault: procedure.input(z.object({ id: z.number().int().nullable() })).output(none),
    remove: procedure.input(z.object({ id: z.number().int() })).output(none),
  },
  /** Runs in and out. */
  exchange: {
    /** What a path is and what is in it, without reading it all. */
    look: procedure.input(z.object({ path })).output(sourceLookSchema),
    /** All runs of the source, or none where it is refused or cancelled. */
    import: procedure.input(importRequestSchema).output(eventIterator(progressSchema, importedSchema)),
    /** Writes one file, whole or not at all. */
    export: procedure.input(exportRequestSchema).output(eventIterator(progressSchema, exportedSchema)),
  },
  /** Files of metrics that other programs write, read into the run table as they grow. */
  follow: {
    /** A file or folder, which need not be there yet; one that was followed before goes on where it was. */
    start: procedure.input(z.object({ path })).output(followSchema),
    /** Its runs stay. */
    stop: procedure.input(z.object({ id: z.number().int() })).output(none),
    /** Stops, and takes it off the list; its runs stay. */
    remove: procedure.input(z.object({ id: z.number().int() })).output(none),
    /** What is followed and was, now and at every change. */
    watch: procedure.output(eventIterator(z.array(followSchema))),
  },
  /** Trained models taken elsewhere. */
  export: {
    /** Into a new folder, whole or not at all. */
    model: procedure.input(modelExportSchema).output(eventIterator(progressSchema, modelExportedSchema)),
  },
  /** Many runs that differ in chosen settings, trained one after the other. */
  sweeps: {
    /** What it will amount to; quick enough to be asked at every key. */
    preview: procedure.input(sweepSpecSchema).output(sweepPreviewSchema),
    /** At the end of the queue. */
    start: procedure
      .input(
        z.object({ spec: sweepSpecSchema, name: z.string().trim().min(1).max(120).nullable().default(null) }),
      )
      .output(sweepId),
    list: procedure.output(queueSchema),
    get: procedure.input(sweepId).output(sweepDetailSchema),
    /** The run that trains stops with a checkpoint; it goes on from there, to the last bit what it would have been. */
    pause: procedure.input(sweepOrAll).output(none),
    resume: procedure.input(sweepOrAll).output(none),
    /** As a pause, and out of the queue. */
    stop: procedure.input(sweepOrAll).output(none),
    skip: procedure.input(sweepId.extend({ number: trialNumber })).output(none),
    /** Null: all trials that failed. */
    retry: procedure.input(sweepId.extend({ number: trialNumber.nullable() })).output(none),
    /** Null: to the end. Takes effect with the next trial. */
    reorder: procedure.input(sweepId.extend({ before: z.number().int().nullable() })).output(none),
    /** The queue now and whenever it changes. */
    watch: procedure.output(eventIterator(queueSchema)),
    /** Its runs stay. Refused while it is in the queue. */
    remove: procedure.input(sweepId).output(none),
  },
}
export type Contract = typeof contract
