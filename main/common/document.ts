/**
 * The model document: nodes, wires, blocks. It holds no code; nothing in it is ever executed.
 * Stored as JSON with a version; older versions are migrated here, newer ones refused.
 */
import { z } from 'zod'
import { UserError } from './errors.ts'
import { damageOf } from './integrity.ts'

export const documentVersion = 2

/** The most that one document may hold. */
export const most = { nodes: 5000, wires: 20_000, blocks: 1000, ties: 1000 } as const

/** Ids are also names in the text view. */
const idSchema = z
  .string()
  .regex(/^[A-Za-z0-9][\w-]{0,63}$/, 'expected 1 to 64 letters, digits, "-" or "_", a letter or digit first')
const portNameSchema = z.string().min(1).max(80)

/** What a layer parameter may hold. */
export const parameterSchema = z.union(
  [z.number(), z.string().max(100_000), z.boolean(), z.null(), z.array(z.number()).max(10_000)],
  'expected a number, text, true, false, null or a list of numbers',
)
export type Parameter = z.infer<typeof parameterSchema>

export const nodeSchema = z.object({
  id: idSchema,
  kind: z.string().min(1).max(64),
  /** Given by a person; empty means the layer's title. */
  name: z.string().max(80),
  parameters: z.record(z.string().max(80), parameterSchema),
  position: z.object({ x: z.number(), y: z.number() }),
  /** Left out of the computation: what arrives goes straight on. For ablations. */
  bypass: z.boolean().optional(),
})
export type ModelNode = z.infer<typeof nodeSchema>

export const portSchema = z.object({ node: z.string(), port: portNameSchema })
export const wireSchema = z.object({ id: z.string().min(1).max(140), from: portSchema, to: portSchema })
export type Wire = z.infer<typeof wireSchema>

/** A named group of nodes. Repeated, each copy has weights of its own and feeds the next. */
export const blockSchema = z.object({
  id: idSchema,
  name: z.string().max(80),
  /** Its own nodes; those of blocks inside it are listed there only. */
  nodes: z.array(z.string()).max(most.nodes),
  /** The block that this one lies in. */
  parent: z.string().nullable(),
  repeat: z.number().int().min(1).max(1000),
  /** Drawn as one box. */
  collapsed: z.boolean(),
})
export type Block = z.infer<typeof blockSchema>

/** `node`'s weight is `source`'s: one tensor, trained by both uses. */
export const tieSchema = z.object({
  node: z.string(),
  weight: portNameSchema,
  source: z.object({ node: z.string(), weight: portNameSchema }),
})
export type Tie = z.infer<typeof tieSchema>

export const documentSchema = z
  .object({
    format: z.literal('tapedeck-model'),
    version: z.literal(documentVersion),
    name: z.string().max(120),
    nodes: z.array(nodeSchema).max(most.nodes),
    wires: z.array(wireSchema).max(most.wires),
    blocks: z.array(blockSchema).max(most.blocks),
    ties: z.array(tieSchema).max(most.ties),
  })
  .superRefine((document, context) => {
    const damage = damageOf(document)
    if (damage) context.addIssue({ code: 'custom', ...damage })
  })
export type ModelDocument = z.infer<typeof documentSchema>

export function emptyDocument(name = 'Untitled model'): ModelDocument {
  return {
    format: 'tapedeck-model',
    version: documentVersion,
    name,
    nodes: [],
    wires: [],
    blocks: [],
    ties: [],
  }
}

/** The document as a file holds it. */
export const documentToJson = (document: ModelDocument): string => `${JSON.stringify(document, null, 2)}\n`

/**
 * Reads a document from the text of a file.
 * @throws UserError `document/unreadable`, and those of `readDocument`
 */
export function documentFromJson(text: string): ModelDocument {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UserError({
      code: 'document/unreadable',
      what: `This file is not JSON, or it was cut off: ${reason}.`,
      mend: 'Choose a file that was exported from the Build page.',
    })
  }
  return readDocument(json)
}

/**
 * Reads a document from parsed JSON of any version this build knows.
 * @throws UserError `document/newer`, `document/unknown`, `document/too-large`, `document/invalid`
 */
export function readDocument(json: unknown): ModelDocument {
  const header = z.object({ format: z.literal('tapedeck-model'), version: z.number() }).safeParse(json)
  if (!header.success)
    throw new UserError({
      code: 'document/unknown',
      what: 'This is not a Tapedeck model: it has no "format": "tapedeck-model" with a version.',
      mend: 'Choose a file that was exported from the Build page.',
    })
  const { version } = header.data
  if (version > documentVersion)
    throw new UserError({
      code: 'document/newer',
      what: `This model was written by a newer Tapedeck (document version ${version}; this one reads up to ${documentVersion}).`,
      mend: 'Update Tapedeck to open it.',
    })
  if (!Number.isInteger(version) || version < 1)
    throw new UserError({
      code: 'document/unknown',
      what: `No Tapedeck writes document version ${version}; this one reads 1 to ${documentVersion}.`,
      mend: 'Choose a file that was exported from the Build page.',
    })
  const record = json as Record<string, unknown>
  refuseTooLarge(record)
  const parsed = documentSchema.safeParse(version === 1 ? fromVersion1(record) : record)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const message = (issue?.message ?? 'unreadable').replace(/^Invalid (input|string): /, '')
  throw new UserError({
    code: 'document/invalid',
    what: `The model document is damaged at ${placeOf(record, issue?.path ?? [])}: ${message}.`,
    mend: 'Choose another file, or mend that field.',
  })
}

/** Refused before anything is looked at, so that a huge file is refused quickly. */
function refuseTooLarge(record: Record<string, unknown>): void {
  for (const [key, limit] of Object.entries(most)) {
    const list = record[key]
    if (Array.isArray(list) && list.length > limit)
      throw new UserError({
        code: 'document/too-large',
        what: `The model has ${list.length.toLocaleString('en-US')} ${key}; a document holds up to ${limit.toLocaleString('en-US')}.`,
        mend: 'Write what repeats as a repeated block.',
      })
  }
}

/** Where a field is, in words: `node conv1, parameters.kernel`. */
function placeOf(record: Record<string, unknown>, path: readonly PropertyKey[]): string {
  const [list, index, ...rest] = path
  const parts = { nodes: 'node', wires: 'wire', blocks: 'block', ties: 'shared weight' } as const
  if (typeof index !== 'number') return path.map(String).join('.') || 'its root'
  const part = parts[list as keyof typeof parts]
  const entries = record[String(list)]
  const entry: unknown = Array.isArray(entries) ? entries[index] : null
  const id: unknown = entry !== null && typeof entry === 'object' && 'id' in entry ? entry.id : null
  const called = typeof id === 'string' && id !== '' ? id.slice(0, 64) : `number ${index + 1}`
  return rest.length === 0 ? `${part} ${called}` : `${part} ${called}, ${rest.map(String).join('.')}`
}

/** Version 2 brought nested and collapsed blocks, ties and bypassed nodes; what is damaged stays so for the schema. */
function fromVersion1(json: Record<string, unknown>): Record<string, unknown> {
  const blocks = Array.isArray(json['blocks'])
    ? json['blocks'].map((block: unknown) =>
        block !== null && typeof block === 'object' ? { parent: null, collapsed: false, ...block } : block,
      )
    : json['blocks']
  return { ...json, version: documentVersion, blocks, ties: [] }
}
