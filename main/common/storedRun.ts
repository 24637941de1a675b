/**
 * A run as the database has it and as it travels in the list: its columns, with JSON as the text that it is, and its
 * summaries as numbers. Who uses the run reads it; sending ten thousand does not.
 */
import { z } from 'zod'
import { unpackNumbers } from './packedNumbers.ts'
import {
  originSchema,
  refusalSchema,
  runStatusSchema,
  summaryFields,
  tagSchema,
  type Run,
  type Summary,
} from './schemas.ts'
import { trainConfigSchema } from './training.ts'

const json = z.string()

export const storedRunSchema = z.object({
  id: z.number(),
  name: z.string(),
  status: z.string(),
  createdAt: z.number(),
  endedAt: z.number().nullable(),
  datasetId: z.string(),
  datasetName: z.string(),
  modelName: z.string(),
  config: json,
  tags: json,
  note: z.string(),
  group: z.string().nullable(),
  sweepId: z.number().nullable(),
  binnedAt: z.number().nullable(),
  origin: json.nullable(),
  architecture: z.string(),
  parameters: z.number(),
  epochsDone: z.number(),
  steps: z.number(),
  seconds: z.number(),
  samplesPerSecond: z.number(),
  error: json.nullable(),
  parentId: z.number().nullable(),
  parentStep: z.number().nullable(),
  weightsSha256: z.string().nullable(),
})
export type StoredRun = z.infer<typeof storedRunSchema>

const parsed = (text: string): unknown => JSON.parse(text)

export function readRun(stored: StoredRun, summaries: Record<string, Summary>): Run {
  const { status, config, tags, origin, error, parentId, parentStep, ...rest } = stored
  return {
    ...rest,
    status: runStatusSchema.parse(status),
    config: trainConfigSchema.nullable().parse(parsed(config)),
    tags: tagSchema.array().parse(parsed(tags)),
    origin: origin === null ? null : originSchema.parse(parsed(origin)),
    summaries,
    error: error === null ? null : refusalSchema.parse(parsed(error)),
    parent: parentId === null || parentStep === null ? null : { runId: parentId, step: parentStep },
  }
}

/** Numbers of one metric of a run: which metric, then `summaryFields`. */
export const summaryWidth = 1 + summaryFields.length

/**
 * @param values `summaryWidth` for each metric, read from `from` up to `to`
 * @param name of a metric's number
 */
export function readSummaries(
  values: ArrayLike<number>,
  name: (metric: number) => string,
  from = 0,
  to = values.length,
): Record<string, Summary> {
  const summaries: Record<string, Summary> = {}
  // Read a million times for ten thousand runs: nothing is made on the way.
  for (let at = from; at < to; at += summaryWidth)
    summaries[name(values[at] ?? 0)] = {
      first: values[at + 1] ?? 0,
      firstStep: values[at + 2] ?? 0,
      last: values[at + 3] ?? 0,
      lastStep: values[at + 4] ?? 0,
      min: values[at + 5] ?? 0,
      max: values[at + 6] ?? 0,
      minStep: values[at + 7] ?? 0,
      maxStep: values[at + 8] ?? 0,
      count: values[at + 9] ?? 0,
    }
  return summaries
}

/** Runs that changed; a list is followed by asking for what changed after the newest change that it has. */
export const runChangesSchema = z.object({
  /** Of the newest change that there is. */
  revision: z.number(),
  /** Older changes are left: ask for those before this one. Null: these are all. */
  before: z.number().nullable(),
  /** Names of the metrics that the summaries speak of, by number. */
  metrics: z.array(z.string()),
  /** With how many metrics each logged. The newest change first; those in the bin are among them. */
  runs: z.array(z.object({ run: storedRunSchema, metrics: z.number() })),
  /** For each metric of each run `summaryWidth` numbers, one run after the other; see packedNumbers.ts. */
  summaries: z.string(),
  /** Deleted for ever. */
  gone: z.array(z.number()),
})
export type RunChanges = z.infer<typeof runChangesSchema>

export function unpackRuns({
  metrics,
  runs,
  summaries,
}: Pick<RunChanges, 'metrics' | 'runs' | 'summaries'>): Run[] {
  const values = unpackNumbers(summaries)
  const name = (metric: number): string => metrics[metric] ?? ''
  let at = 0
  return runs.map(({ run, metrics: count }) => {
    const from = at
    at += count * summaryWidth
    return readRun(run, readSummaries(values, name, from, at))
  })
}
