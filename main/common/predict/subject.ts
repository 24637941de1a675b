/** What a trained network is asked, and what it answers: the part of the contract for the Try page and `predict`. */
import { z } from 'zod'
import { UserError } from '../errors.ts'

/** Which weights are asked: a checkpoint of a run; null is the newest. */
export const subjectQuerySchema = z.object({
  runId: z.number().int(),
  checkpointId: z.number().int().nullable().default(null),
})
export type SubjectQuery = z.infer<typeof subjectQuerySchema>

const cellSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('number'), name: z.string(), typical: z.number() }),
  z.object({ kind: z.literal('category'), name: z.string(), categories: z.array(z.string()) }),
])

/** What is given to a network. */
export const inputKindSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('image'),
    channels: z.union([z.literal(1), z.literal(3)]),
    /** Pixels; null where images keep their own size. */
    size: z.object({ width: z.number(), height: z.number() }).nullable(),
    /** Whether the images it was trained on are bright on dark, as scanned digits are. */
    brightOnDark: z.boolean(),
  }),
  z.object({
    kind: z.literal('text'),
    tokenizer: z.string(),
    /** Tokens of it that are read at most. */
    longest: z.number(),
  }),
  z.object({ kind: z.literal('row'), cells: z.array(cellSchema) }),
])
export type InputKind = z.infer<typeof inputKindSchema>

export const subjectSchema = z.object({
  runId: z.number(),
  checkpointId: z.number(),
  step: z.number(),
  task: z.enum(['classify', 'regress', 'next-token']),
  input: inputKindSchema,
  /** Classes, or what is predicted. */
  names: z.array(z.string()),
  /** How an input is prepared, in sentences: as in training. */
  preparation: z.array(z.string()),
  /** Samples of the data set that can be asked about; 0 where its copy is gone. */
  samples: z.object({ train: z.number(), validation: z.number(), test: z.number() }),
})
export type Subject = z.infer<typeof subjectSchema>

/** Characters of a text that are taken; the rest would be cut anyway. */
export const mostCharacters = 1_000_000

/** Bytes of an image's file that are taken. */
export const mostImageBytes = 64 << 20

/** @throws UserError `predict/image-too-large` of a file with more bytes than are taken */
export function checkImageBytes(bytes: number): void {
  if (bytes <= mostImageBytes) return
  const megabytes = (size: number): string => `${Math.ceil(size / (1 << 20)).toLocaleString('en-US')} MB`
  throw new UserError({
    code: 'predict/image-too-large',
    what: `The file has ${megabytes(bytes)}; an image may have ${megabytes(mostImageBytes)}.`,
    mend: 'Choose a smaller image: it is scaled down for the network anyway.',
  })
}

export const givenSchema = z.discriminatedUnion('kind', [
  /** A file of any format that an import reads, as base64. */
  z.object({ kind: z.literal('image'), base64: z.string().max(Math.ceil(mostImageBytes / 3) * 4) }),
  z.object({ kind: z.literal('text'), text: z.string().max(mostCharacters) }),
  /** Cells by column, as they would stand in a file; one that is not there is missing. */
  z.object({ kind: z.literal('row'), cells: z.record(z.string(), z.string().max(10_000).nullable()) }),
  /** A row of the data set it was trained on, or of what an evaluation was made of. */
  z.object({
    kind: z.literal('sample'),
    row: z.number().int().min(0),
    evaluationId: z.number().int().nullable().default(null),
  }),
])
export type Given = z.input<typeof givenSchema>

/**
 * `gradient`: how much the answer changes with each input; of images the largest of the channels (Simonyan et al. 2014), of
 * tokens and columns times the input, so that what speaks against the answer is negative. `grad-cam`: which part of the
 * image the last convolution found (Selvaraju et al. 2017).
 */
export const explainMethods = ['gradient', 'grad-cam'] as const

export const explainSchema = z.object({
  method: z.enum(explainMethods),
  /** Which class or number is explained; null: the first of the answer. */
  output: z.number().int().min(0).nullable().default(null),
})
export type Explain = z.infer<typeof explainSchema>

/** What the network was given, after its preparation. */
export const seenSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('image'),
    /** `data:image/png;base64,...`, every pixel as the network has it. */
    image: z.string(),
    width: z.number(),
    height: z.number(),
    /** What was done to it: "was 640 x 480", "converted from CMYK". */
    notes: z.array(z.string()),
  }),
  z.object({
    kind: z.literal('text'),
    /** At most 2,000; `count` is the true number. */
    tokens: z.array(z.object({ text: z.string(), known: z.boolean() })),
    count: z.number(),
    notes: z.array(z.string()),
  }),
  z.object({ kind: z.literal('row'), columns: z.array(z.string()), notes: z.array(z.string()) }),
])
export type Seen = z.infer<typeof seenSchema>

export const explainedSchema = z.object({
  /** Class or number that is explained. */
  name: z.string(),
  /** Of images: a map as large as the image, `data:image/png;base64,...`, bright where it matters. */
  map: z.string().nullable(),
  /** Of each token or column that was seen, the largest 1 or -1; null where no gradient reaches it. */
  shares: z.array(z.number().nullable()).nullable(),
})
export type Explained = z.infer<typeof explainedSchema>

export const answerSchema = z.object({
  /** Classes, the most probable first; of a language model the likeliest next tokens. */
  choices: z.array(z.object({ index: z.number(), name: z.string(), probability: z.number() })),
  /** Of a regression, in the target's own unit. */
  numbers: z.array(z.object({ name: z.string(), value: z.number() })),
  /** Of the forward pass. */
  milliseconds: z.number(),
  seen: seenSchema,
  explained: explainedSchema.nullable(),
  /** Of a sample of the data set: its true class or number, as people read it. */
  truth: z.string().nullable(),
})
export type Answer = z.infer<typeof answerSchema>

export const generateSchema = z.object({
  prompt: z.string().max(mostCharacters),
  /** Divides the logits: below 1 keeps to what is likely, 0 takes the likeliest. */
  temperature: z.number().min(0).max(10).default(1),
  /** Only so many of the likeliest tokens are drawn from; null for all. */
  topK: z.number().int().min(1).max(1_000_000).nullable().default(null),
  seed: z.number().int().min(0).max(0xffff_ffff).default(1),
  most: z.number().int().min(1).max(10_000).default(200),
  /** Ends where this text comes; null for never. */
  stop: z.string().min(1).max(200).nullable().default(null),
})
export type Generate = z.infer<typeof generateSchema>

export const generatedSchema = z.object({
  done: z.number(),
  total: z.number(),
  note: z.string(),
  /** Everything so far, the prompt left out. */
  text: z.string(),
})
export type Generated = z.infer<typeof generatedSchema>
