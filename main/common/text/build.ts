/** Text to document: what the lines mean, and what of the document before it they keep. */
import {
  documentSchema,
  documentVersion,
  type Block,
  type ModelDocument,
  type ModelNode,
  type Parameter,
  type Tie,
  type Wire,
} from '../document.ts'
import { newWire } from '../edit.ts'
import { freeId } from '../ids.ts'
import { defaultParameters } from '../layer.ts'
import { layerOf } from '../layers/catalogue.ts'
import { nodePorts } from '../ports.ts'
import { placeNew } from './place.ts'
import { readLines, type BlockLine, type Lines, type NodeLine, type TextError } from './read.ts'
import { keyOfWord, kindOfWord, similarKinds } from './words.ts'
import { mainOutput } from './write.ts'

export type FromText = { document: ModelDocument } | { errors: TextError[] }

/**
 * Reads what `toText` writes, by hand too. What the text does not say is taken from `previous` by id: positions, the
 * order of nodes, ids of wires. Nothing is executed.
 */
export function fromText(text: string, previous: ModelDocument): FromText {
  const lines = readLines(text)
  const { errors } = lines
  const before = new Map(previous.nodes.map((node) => [node.id, node]))
  const made = new Map<string, { node: ModelNode; line: NodeLine }>()
  for (const line of lines.nodes) {
    const twin = made.get(line.id)
    if (twin) {
      const message = `line ${twin.line.line} is called ${line.id} too; ids must differ`
      errors.push({ line: line.line, column: line.column, message })
    } else made.set(line.id, { node: nodeOf(line, before.get(line.id), errors), line })
  }
  const document: ModelDocument = {
    format: 'tapedeck-model',
    version: documentVersion,
    name: lines.model ?? previous.name,
    nodes: inOrder(
      [...made.values()].map(({ node }) => node),
      previous.nodes,
    ),
    wires: wiresOf(made, previous, errors),
    blocks: blocksOfLines(lines, previous),
    ties: tiesOf(made, previous, errors),
  }
  if (errors.length === 0) checkWhole(document, lines, errors)
  if (errors.length > 0) return { errors: errors.sort((a, b) => a.line - b.line || a.column - b.column) }
  return { document: placeNew(document, previous) }
}

function nodeOf(line: NodeLine, old: ModelNode | undefined, errors: TextError[]): ModelNode {
  const { word, quoted, column } = line.kind
  const kind = quoted ? word : kindOfWord(word)
  if (kind === undefined) {
    const similar = similarKinds(word)
    const hint = similar.length > 0 ? `; there is ${similar.slice(0, 6).join(', ')}` : ''
    errors.push({ line: line.line, column, message: `there is no kind of layer ${word}${hint}` })
  }
  const same = old?.kind === kind ? old : undefined
  const node: ModelNode = {
    id: line.id,
    kind: kind ?? word,
    name: line.name,
    parameters: kind === undefined ? {} : parametersOf(line, kind, same, errors),
    position: old?.position ?? { x: 0, y: 0 },
  }
  if (line.bypassed) node.bypass = true
  else if (old?.bypass === false) node.bypass = false
  return node
}

/** Settings of the line; those it leaves out have their default, written down where they were or the node is new. */
function parametersOf(
  line: NodeLine,
  kind: string,
  old: ModelNode | undefined,
  errors: TextError[],
): Record<string, Parameter> {
  const layer = layerOf(kind)
  const usual = layer ? defaultParameters(layer) : {}
  const parameters: Record<string, Parameter> = {}
  for (const [key, value] of Object.entries(usual))
    if (!old || Object.hasOwn(old.parameters, key)) parameters[key] = value
  const given = new Set<string>()
  for (const { key: word, value, column } of line.settings) {
    const known = !layer || (old && Object.hasOwn(old.parameters, word))
    const key = known ? word : keyOfWord(kind, word)
    if (key === undefined) {
      const keys = Object.keys(usual)
      const list = keys.length > 0 ? `; it has ${keys.join(', ')}` : '; it has none'
      errors.push({ line: line.line, column, message: `${layer?.title} has no setting ${word}${list}` })
    } else if (given.has(key)) errors.push({ line: line.line, column, message: `${key} is set twice` })
    else {
      given.add(key)
      Object.defineProperty(parameters, key, { value, enumerable: true, writable: true, configurable: true })
    }
  }
  return parameters
}

type Made = ReadonlyMap<string, { node: ModelNode; line: NodeLine }>

function wiresOf(made: Made, previous: ModelDocument, errors: TextError[]): Wire[] {
  const key = (from: Wire['from'], to: Wire['to']): string =>
    JSON.stringify([from.node, from.port, to.node, to.port])
  const old = new Map<string, Wire[]>()
  for (const wire of previous.wires)
    old.set(key(wire.from, wire.to), [...(old.get(key(wire.from, wire.to)) ?? []), wire])
  const taken = new Set(previous.wires.map((wire) => wire.id))
  const wires: Wire[] = []
  for (const { node, line } of made.values()) {
    const ports = nodePorts(node).inputs
    let place = 0
    for (const { port, from } of line.inputs) {
      const source = made.get(from.node)
      const say = (message: string): void =>
        void errors.push({ line: line.line, column: from.column, message })
      if (!source) {
        say(`there is no layer ${from.node}`)
        continue
      }
      const to = port ?? ports[place++]
      if (to === undefined) {
        const many = ports.length === 0 ? 'takes no input' : `takes ${ports.length} (${ports.join(', ')})`
        say(layerOf(node.kind) ? `${line.id} ${many}` : `say which input this is: input <- ${from.node}`)
        continue
      }
      const ends = [
        { node: from.node, port: from.port ?? mainOutput(source.node) },
        { node: line.id, port: to },
      ] as const
      const wire = old.get(key(...ends))?.shift() ?? newWire(taken, ...ends)
      taken.add(wire.id)
      wires.push(wire)
    }
  }
  return inOrder(wires, previous.wires)
}

function tiesOf(made: Made, previous: ModelDocument, errors: TextError[]): Tie[] {
  const use = ({ node, weight }: Pick<Tie, 'node' | 'weight'>): string => `${node}.${weight}`
  const old = new Map(previous.ties.map((tie, place) => [use(tie), place]))
  const ties = new Map<string, Tie>()
  for (const { line } of made.values())
    for (const { weight, source, column } of line.shares) {
      const tie: Tie = { node: line.id, weight, source }
      const say = (message: string): void => void errors.push({ line: line.line, column, message })
      if (!made.has(source.node)) say(`there is no layer ${source.node} to share a weight with`)
      else if (ties.has(use(tie))) say(`${weight} is shared twice`)
      else ties.set(use(tie), tie)
    }
  const place = (tie: Tie): number => old.get(use(tie)) ?? Infinity
  return [...ties.values()].sort((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)))
}

/** Blocks keep their ids; one that the text gives none is known by its name. */
function blocksOfLines({ blocks, nodes }: Lines, previous: ModelDocument): Block[] {
  const taken = new Set(blocks.flatMap(({ id }) => id ?? []))
  const ids = blocks.map(({ id, name }: BlockLine) => {
    if (id !== null) return id
    const known = previous.blocks.find((block) => block.name === name && name !== '' && !taken.has(block.id))
    const found =
      known?.id ?? freeId('block', new Set([...taken, ...previous.blocks.map((block) => block.id)]))
    taken.add(found)
    return found
  })
  const members = blocks.map((): string[] => [])
  for (const { id, block } of nodes) if (block !== null) members[block]?.push(id)
  const old = new Map(previous.blocks.map((block) => [block.id, block]))
  const made = blocks.map(({ name, repeat, collapsed, parent }, i): Block => {
    const id = ids[i] ?? ''
    const places = new Map(old.get(id)?.nodes.map((node, place) => [node, place]))
    const place = (node: string): number => places.get(node) ?? Infinity
    return {
      id,
      name,
      nodes: (members[i] ?? []).sort((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b))),
      parent: parent === null ? null : (ids[parent] ?? null),
      repeat,
      collapsed,
    }
  })
  return inOrder(made, previous.blocks)
}

/** As they were before, with what is new behind. */
function inOrder<T extends { id: string }>(parts: readonly T[], before: readonly { id: string }[]): T[] {
  const places = new Map(before.map(({ id }, place) => [id, place]))
  const place = (part: T): number => places.get(part.id) ?? Infinity
  return [...parts].sort((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)))
}

/** What no single line can know: limits, block ids, rings of shared weights. */
function checkWhole(document: ModelDocument, lines: Lines, errors: TextError[]): void {
  const issue = documentSchema.safeParse(document).error?.issues[0]
  if (!issue) return
  const [list, index] = issue.path
  const part =
    list === 'nodes' || list === 'ties' || list === 'blocks' ? document[list][Number(index)] : undefined
  const named = part && ('node' in part ? part.node : part.id)
  const line =
    list === 'blocks'
      ? lines.blocks.findLast(({ id }) => id === named)
      : lines.nodes.find(({ id }) => id === named)
  const where = issue.path.slice(2).map(String).join('.')
  const message = `${where ? `${where}: ` : ''}${issue.message.replace(/^Invalid (input|string): /, '')}`
  errors.push({ line: line?.line ?? 1, column: line?.column ?? 1, message })
}
