/**
 * A run as the database has it and as it travels in the list: its columns, with JSON as the text that it is, and its
 * summaries as numbers. Who uses the run reads it; sending ten thousand does not.
 */
import { z } from 'zod'
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

/**
 * @param values for each metric its number, then `summaryFields`
 * @param name of a metric's number
 */
export function readSummaries(
  values: readonly number[],
  name: (metric: number) => string,
): Record<string, Summary> {
  const summaries: Record<string, Summary> = {}
  const width = 1 + summaryFields.length
  for (let at = 0; at < values.length; at += width) {
    const [metric = 0, first = 0, firstStep = 0, last = 0, lastStep = 0, ...rest] = values.slice(
      at,
      at + width,
    )
    const [min = 0, max = 0, minStep = 0, maxStep = 0, count = 0] = rest
    summaries[name(metric)] = { first, firstStep, last, lastStep, min, max, minStep, maxStep, count }
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
  /** The newest change first; those in the bin are among them. */
  runs: z.array(z.object({ run: storedRunSchema, summaries: z.string() })),
  /** Deleted for ever. */
  gone: z.array(z.number()),
})
export type RunChanges = z.infer<typeof runChangesSchema>

export const unpackRuns = ({ metrics, runs }: Pick<RunChanges, 'metrics' | 'runs'>): Run[] =>
  runs.map(({ run, summaries }) =>
    readRun(
      run,
      readSummaries(numbers(summaries), (metric) => metrics[metric] ?? ''),
    ),
  )

/** Numbers between commas. A metric may be infinite, which JSON has no word for. */
const numbers = (text: string): number[] =>
  text.includes('I') ? text.split(',').map(Number) : (JSON.parse(`[${text}]`) as number[])
