/** How a person has the table of runs set up, and views that are saved under a name. */
import { z } from 'zod'

const name = z.string().min(1).max(300)

export const sortSchema = z.object({ field: name, descending: z.boolean() })
export type Sort = z.infer<typeof sortSchema>

export const columnSchema = z.object({
  /** A field of common/filter/fields. */
  field: name,
  /** Pixels; null: as wide as such a field usually is. */
  width: z.number().int().min(30).max(2000).nullable().default(null),
})
export type Column = z.infer<typeof columnSchema>

export const tableViewSchema = z.object({
  /** See common/filter. */
  filter: z.string().max(20_000),
  /** The first counts most. */
  sort: z.array(sortSchema).max(20),
  columns: z.array(columnSchema).max(500),
  /** So many columns stay in place when the others are scrolled sideways. */
  frozen: z.number().int().min(0).max(500),
  /** Fields, the outermost first. */
  groupBy: z.array(name).max(5),
  /** Whether runs that differ in their seed alone are one row. */
  foldSeeds: z.boolean(),
  /** Metrics whose better end is not what their name says. */
  directions: z.record(z.string(), z.enum(['min', 'max'])),
  /** Settings of the curves; what they mean is theirs. */
  overlay: z.record(z.string(), z.json()),
})
export type TableView = z.infer<typeof tableViewSchema>

export const viewName = z.string().trim().min(1).max(80)

export const savedViewSchema = z.object({
  id: z.number(),
  name: viewName,
  view: tableViewSchema,
  /** Whether the page opens with it. At most one. */
  isDefault: z.boolean(),
})
export type SavedView = z.infer<typeof savedViewSchema>
