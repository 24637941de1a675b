/** What a source is taken for, and what a way of reading would make of it: all before anything is imported. */
import { z } from 'zod'
import { splitSchema, taskSchema } from './dataset.ts'
import { importOptionsSchema } from './options.ts'

/** What the workbench thinks a path is, why, and how it would read it. */
const readingSchema = z.object({
  path: z.string(),
  options: importOptionsSchema,
  task: taskSchema,
  /** Short sentences: "10 folders with images, one per class". */
  reasons: z.array(z.string()),
  /** What is known before reading everything. */
  classes: z.array(z.object({ name: z.string(), count: z.number() })),
  sampleCount: z.number(),
  /** True where the source itself has train and validation parts. */
  givenSplit: z.boolean(),
  /** Names of a table's columns, in order. */
  columns: z.array(z.string()).default([]),
  /** Whether its first row may name the columns or not: a delimited text. Other tables say which they are. */
  headerRow: z.boolean().default(false),
})
export type Reading = z.infer<typeof readingSchema>

/** The likeliest reading of a path, and others that are possible. */
export const guessSchema = readingSchema.extend({ others: z.array(readingSchema) })
export type Guess = z.infer<typeof guessSchema>

/** What a way of reading texts makes of some of them, before anything is imported. */
export const surveySchema = z.object({
  /** Texts looked at, or the parts of running text. */
  texts: z.number(),
  /** False where only the beginning of the source was looked at; `notes` say how much. */
  whole: z.boolean(),
  /** At most 20 texts, some of training and some held out, at most 200 tokens of each. */
  examples: z.array(
    z.object({
      split: splitSchema,
      /** Null where texts have no class. */
      label: z.string().nullable(),
      tokens: z.array(z.object({ text: z.string(), id: z.number(), unknown: z.boolean() })),
      /** Tokens of the whole text. */
      length: z.number(),
    }),
  ),
  /** Distinct token ids, those for padding and unknown included; of a bag, its words. */
  vocabularySize: z.number(),
  /** Tokens of the texts that do not train, and how many of them are unknown. */
  heldOut: z.object({ tokens: z.number(), unknown: z.number() }),
  /**
   * How many texts have which length in tokens, before anything is cut, ascending: for common/lengths.ts. Empty for
   * running text, whose blocks are all alike.
   */
  lengths: z.array(z.tuple([z.number(), z.number()])),
  /** All tokens looked at. */
  tokens: z.number(),
  notes: z.array(z.string()),
})
export type Survey = z.infer<typeof surveySchema>

export const sampleSetSchema = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  path: z.string(),
})
export type SampleSet = z.infer<typeof sampleSetSchema>

const sizeSchema = z.object({ width: z.number(), height: z.number() })

/** Some samples of a source as they would be read, before anything is. */
export const glimpseSchema = z.object({
  /** Some images of every class, as they would be trained on. */
  images: z.array(
    z.object({
      /** What it is called: its path inside the source. */
      item: z.string(),
      className: z.string(),
      /** `data:image/png;base64,...`; null where it cannot be read. */
      image: z.string().nullable(),
      /** Why it would be set aside. */
      problem: z.string().nullable(),
      /** Sizes before and after; null where it cannot be read. */
      original: sizeSchema.nullable(),
      stored: sizeSchema.nullable(),
    }),
  ),
  /** Of lists and tables: what the first rows say about each column. */
  columns: z.array(
    z.object({
      name: z.string(),
      /** `other`: texts and identifiers, of no use as features. `part`: says which rows train, validate and test. */
      kind: z.enum(['number', 'category', 'constant', 'part', 'other']),
      distinct: z.number(),
      missing: z.number(),
      /** Why it is of that kind, where it is of no use. */
      reason: z.string(),
      examples: z.array(z.string()),
    }),
  ),
  /** The first rows, cell by cell. */
  rows: z.array(z.array(z.string())),
})
export type Glimpse = z.infer<typeof glimpseSchema>
