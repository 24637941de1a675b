/**
 * The model document: nodes, wires, blocks. It holds no code; nothing in it is ever executed.
 * Stored as JSON with a version; older versions are migrated here, newer ones refused.
 */
import { z } from 'zod'
import { UserError } from './errors.ts'

export const documentVersion = 2

/** What a layer parameter may hold. */
export const parameterSchema = z.union([z.number(), z.string(), z.boolean(), z.null(), z.array(z.number())])
export type Parameter = z.infer<typeof parameterSchema>

export const nodeSchema = z.object({
  id: z.string().min(1).max(64),
  kind: z.string().min(1).max(64),
  /** Given by a person; empty means the layer's title. */
  name: z.string().max(80),
  parameters: z.record(z.string(), parameterSchema),
  position: z.object({ x: z.number(), y: z.number() }),
  /** Left out of the computation: what arrives goes straight on. For ablations. */
  bypass: z.boolean().optional(),
})
export type ModelNode = z.infer<typeof nodeSchema>

export const portSchema = z.object({ node: z.string(), port: z.string() })
export const wireSchema = z.object({ id: z.string().min(1).max(140), from: portSchema, to: portSchema })
export type Wire = z.infer<typeof wireSchema>

/** A named group of nodes. Repeated, each copy has weights of its own and feeds the next. */
export const blockSchema = z.object({
  id: z.string().min(1).max(64),
  name: z.string().max(80),
  /** Its own nodes; those of blocks inside it are listed there only. */
  nodes: z.array(z.string()),
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
  weight: z.string(),
  source: z.object({ node: z.string(), weight: z.string() }),
})
export type Tie = z.infer<typeof tieSchema>

export const documentSchema = z.object({
  format: z.literal('tapedeck-model'),
  version: z.literal(documentVersion),
  name: z.string().max(120),
  nodes: z.array(nodeSchema).max(5000),
  wires: z.array(wireSchema).max(20000),
  blocks: z.array(blockSchema).max(1000),
  ties: z.array(tieSchema).max(1000),
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

/**
 * Reads a document from parsed JSON of any version this build knows.
 * @throws UserError `document/newer`, `document/unknown`, `document/invalid`
 */
export function readDocument(json: unknown): ModelDocument {
  const header = z.object({ format: z.string(), version: z.number() }).safeParse(json)
  if (!header.success || header.data.format !== 'tapedeck-model')
    throw new UserError({
      code: 'document/unknown',
      what: 'This is not a Tapedeck model: it has no "format": "tapedeck-model".',
      mend: 'Choose a file that was exported from the Build page.',
    })
  if (header.data.version > documentVersion)
    throw new UserError({
      code: 'document/newer',
      what: `This model was written by a newer Tapedeck (document version ${header.data.version}; this one reads up to ${documentVersion}).`,
      mend: 'Update Tapedeck to open it.',
    })
  const parsed = documentSchema.safeParse(migrate(json as Record<string, unknown>))
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new UserError({
    code: 'document/invalid',
    what: `The model document is damaged at ${issue?.path.join('.') || 'its root'}: ${issue?.message ?? 'unreadable'}.`,
    mend: 'Choose another file, or mend that field.',
  })
}

/** A document of an older version in today's form; what is damaged stays so for the schema to name. */
function migrate(json: Record<string, unknown>): Record<string, unknown> {
  if (json['version'] !== 1) return json
  // Version 2 brought nested and collapsed blocks, ties and bypassed nodes.
  const blocks = Array.isArray(json['blocks'])
    ? json['blocks'].map((block: unknown) => ({ parent: null, collapsed: false, ...Object(block) }))
    : json['blocks']
  return { ...json, version: documentVersion, blocks, ties: [] }
}
