/** Files of metrics that another program writes, read into the run table as they grow. */
import { z } from 'zod'
import { refusalSchema, runStatusSchema } from '../schemas.ts'

/**
 * `waiting`: nothing has come yet. `live`: lines come. `quiet`: every run has ended or is given up; a new line is still
 * read. `missing`: there was something and it cannot be reached now; it is looked for again. `stopped`: nobody looks.
 */
export const followStateSchema = z.enum(['waiting', 'live', 'quiet', 'missing', 'stopped'])
export type FollowState = z.infer<typeof followStateSchema>

export const followSchema = z.object({
  id: z.number(),
  /** A file of JSON lines or CSV, an event file of TensorBoard, or a folder of files of JSON lines and event files. */
  path: z.string(),
  state: followStateSchema,
  /** Why nothing can be read, or why it stopped. */
  problem: refusalSchema.nullable(),
  files: z.number(),
  /** Newest first; at most 20. */
  runs: z.array(z.object({ id: z.number(), name: z.string(), status: runStatusSchema })),
  runCount: z.number(),
  /** Since it was begun or taken up again. */
  points: z.number(),
  /** Milliseconds since 1970 of the newest line; null where none came since it was taken up. */
  lastLineAt: z.number().nullable(),
  /** Bytes read and there, of all files. */
  bytes: z.object({ read: z.number(), total: z.number() }),
})
export type Follow = z.infer<typeof followSchema>
