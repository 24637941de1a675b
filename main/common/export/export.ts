/** A trained model taken elsewhere: what is asked for, and what came of it. */
import { z } from 'zod'

export const modelFormatSchema = z.enum(['pytorch', 'safetensors'])
export type ModelFormat = z.infer<typeof modelFormatSchema>

export const modelExportSchema = z.object({
  runId: z.number().int(),
  format: modelFormatSchema,
  /** Folder that is made for it. */
  folder: z.string().min(1).max(4096),
  /** Step of a checkpoint, or which one. */
  checkpoint: z.union([z.enum(['best', 'last']), z.number().int().min(0)]).default('best'),
})
export type ModelExport = z.infer<typeof modelExportSchema>

export const modelExportedSchema = z.object({
  path: z.string(),
  format: modelFormatSchema,
  /** Of the checkpoint. */
  step: z.number(),
  bytes: z.number(),
  /** What the export leaves out, in sentences. */
  notes: z.array(z.string()),
})
export type ModelExported = z.infer<typeof modelExportedSchema>
