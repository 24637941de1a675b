/** Runs in and out of a workspace: what can be asked for, and what came of it. */
import { z } from 'zod'

/** Which checkpoints an archive holds. `best`: of each run the best and the newest. */
export const keptCheckpointsSchema = z.enum(['none', 'best', 'all'])
export type KeptCheckpoints = z.infer<typeof keptCheckpointsSchema>

/** `csv`, `json`: every point of the metrics. `report`: a Markdown comparison. */
export const exportFormatSchema = z.enum(['archive', 'csv', 'json', 'report'])
export type ExportFormat = z.infer<typeof exportFormatSchema>

export const exportRequestSchema = z.object({
  runIds: z.array(z.number().int()).min(1).max(10_000),
  /** The file to be written; of a report that does not end in `.md`, the folder. */
  path: z.string().min(1).max(4096),
  format: exportFormatSchema,
  /** Of an archive. */
  checkpoints: keptCheckpointsSchema.default('best'),
  /** Metrics to be written or drawn; null: all, or those a report chooses itself. */
  metrics: z.array(z.string()).max(1000).nullable().default(null),
  /** What is there already is written over. */
  replace: z.boolean().default(false),
})
export type ExportRequest = z.infer<typeof exportRequestSchema>

export const exportedSchema = z.object({
  path: z.string(),
  bytes: z.number(),
  runs: z.number(),
  /** Metric points; 0 of a report. */
  points: z.number(),
  checkpoints: z.number(),
})
export type Exported = z.infer<typeof exportedSchema>

// ---------------------------------------------------------------- in

/** `metrics`: a CSV file or JSON lines. */
export const sourceKindSchema = z.enum(['archive', 'tensorboard', 'metrics'])
export type SourceKind = z.infer<typeof sourceKindSchema>

/**
 * Which columns of a table of metrics mean what; null where there is none. In the long form, one value a row, `metric` and
 * `value` name its columns; in the wide form every number of `metrics` is a metric.
 */
export const tableReadingSchema = z.object({
  /** Null: rows are counted. */
  step: z.string().nullable(),
  epoch: z.string().nullable(),
  /** Seconds since the start or since 1970, or a date. */
  time: z.string().nullable(),
  /** Null: one run. */
  run: z.string().nullable(),
  metric: z.string().nullable(),
  value: z.string().nullable(),
  metrics: z.array(z.string()).max(10_000),
})
export type TableReading = z.infer<typeof tableReadingSchema>

export const sourceLookSchema = z.object({
  path: z.string(),
  kind: sourceKindSchema,
  /** Names of the runs that are in it, as far as they are known without reading it all; at most 200. */
  runs: z.array(z.string()),
  runCount: z.number(),
  bytes: z.number(),
  /** Of a table of metrics: its columns, the first rows as text, and how it would be read. */
  table: z
    .object({
      columns: z.array(z.string()),
      rows: z.array(z.array(z.string())),
      reading: tableReadingSchema,
      /** Sentences: why it is read so. */
      reasons: z.array(z.string()),
    })
    .nullable(),
})
export type SourceLook = z.infer<typeof sourceLookSchema>

export const importRequestSchema = z.object({
  path: z.string().min(1).max(4096),
  /** Null: as guessed. */
  reading: tableReadingSchema.nullable().default(null),
  /** Also what is in the workspace already. */
  again: z.boolean().default(false),
})
export type ImportRequest = z.infer<typeof importRequestSchema>

export const importedSchema = z.object({
  path: z.string(),
  kind: sourceKindSchema,
  runs: z.array(z.object({ id: z.number(), name: z.string() })),
  /** Runs that are here already, and were left as they are. */
  known: z.array(z.object({ id: z.number(), name: z.string(), binned: z.boolean() })),
  metrics: z.number(),
  points: z.number(),
  checkpoints: z.number(),
  /** Sentences about what was left out, and why. */
  notes: z.array(z.string()),
})
export type Imported = z.infer<typeof importedSchema>
