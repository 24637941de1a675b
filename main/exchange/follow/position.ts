/** How far a file was read, with what is needed to go on, also after a restart. Plain data. */
import { z } from 'zod'
import { tableReadingSchema } from '../../common/exchange/exchange.ts'

export const positionSchema = z.object({
  /** Bytes taken in; the next line begins there. */
  offset: z.number(),
  /** The file's first bytes and the last ones before the offset, base64: another file of that name is told by them. */
  head: z.string(),
  tail: z.string(),
  /** Null until the first line was read. */
  form: z
    .union([
      z.object({ kind: z.literal('lines') }),
      z.object({ kind: z.literal('csv'), delimiter: z.string(), columns: z.array(z.string()) }),
    ])
    .nullable(),
  /** Null until the first row was read. */
  reading: tableReadingSchema.nullable(),
  /** Of a run in event files: bytes taken in of each, by its path. */
  events: z.record(z.string(), z.number()).default({}),
  /** By what the file calls its runs. */
  runs: z.record(
    z.string(),
    z.object({
      rows: z.number(),
      epoch: z.number(),
      began: z.number().nullable(),
      ended: z.number().nullable(),
      /** Metrics of which it was said that they are not finite. */
      told: z.array(z.string()),
    }),
  ),
  /** Its last line says that the run has ended. */
  over: z.boolean(),
})
export type Position = z.infer<typeof positionSchema>

export const beginning = (): Position => ({
  offset: 0,
  head: '',
  tail: '',
  form: null,
  reading: null,
  events: {},
  runs: {},
  over: false,
})
