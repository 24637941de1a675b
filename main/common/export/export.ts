/** A trained model taken elsewhere: what is asked for, and what came of it. */
import { z } from 'zod'

export const modelFormatSchema = z.enum(['pytorch', 'onnx', 'safetensors', 'archive'])
export type ModelFormat = z.infer<typeof modelFormatSchema>

/** Of the file in the folder of an exported archive: `Digits-MLP-on-digits.tapedeck`. */
export const archiveName = (run: string): string => `${fileStem(run)}.tapedeck`

/** A run's name as that of a file. */
export const fileStem = (run: string): string =>
  run
    .replace(/[^\p{L}\p{N}.]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 80) || 'run'

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
  /** Of the checkpoint; null of an archive, which holds several. */
  step: z.number().nullable(),
  bytes: z.number(),
  /** What the export leaves out, in sentences. */
  notes: z.array(z.string()),
})
export type ModelExported = z.infer<typeof modelExportedSchema>
