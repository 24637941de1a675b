/** Predictions of many samples, written to a file. */
import { z } from 'zod'

export const predictFormats = ['csv', 'jsonl'] as const

export const predictFilesSchema = z.object({
  /** A folder of images or texts, a file of either, or a table. */
  path: z.string().min(1).max(4096),
  /** The file that is written. */
  out: z.string().min(1).max(4096),
  /** Whether a file that is there already is written over. */
  replace: z.boolean().default(false),
  format: z.enum(predictFormats).default('csv'),
  /** Of a table of texts: the column with the text; null for "text", or the one it was trained on. */
  column: z.string().min(1).max(200).nullable().default(null),
})
export type PredictFiles = z.infer<typeof predictFilesSchema>

export const predictedFilesSchema = z.object({
  out: z.string(),
  /** Samples that were predicted. */
  predicted: z.number(),
  /** Samples that could not be, at most 100 listed; they stand in the file too. */
  problems: z.array(z.object({ item: z.string(), reason: z.string() })),
  problemCount: z.number(),
  /** How often each class was the answer; empty of a regression. */
  counts: z.array(z.object({ name: z.string(), count: z.number() })),
  seconds: z.number(),
})
export type PredictedFiles = z.infer<typeof predictedFilesSchema>
