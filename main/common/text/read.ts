/** Lines of the text view, one by one: what each says, not yet what it means. Nothing here is executed. */
import type { Parameter } from '../document.ts'
import { Cursor, LineError } from './cursor.ts'
import { readValue } from './words.ts'

export interface TextError {
  /** From 1, both. */
  line: number
  column: number
  message: string
}

export interface Reference {
  node: string
  /** Null: the first output. */
  port: string | null
  column: number
}

export interface NodeLine {
  line: number
  column: number
  id: string
  kind: { word: string; quoted: boolean; column: number }
  /** `port` is null for an input that is told by its place. */
  inputs: { port: string | null; from: Reference }[]
  settings: { key: string; value: Parameter; column: number }[]
  name: string
  bypassed: boolean
  shares: { weight: string; source: { node: string; weight: string }; column: number }[]
  /** Place in `blocks` of the block that it lies in. */
  block: number | null
}

export interface BlockLine {
  line: number
  column: number
  /** Null where the text leaves it out. */
  id: string | null
  name: string
  repeat: number
  collapsed: boolean
  parent: number | null
}

export interface Lines {
  /** Null where the text leaves it out. */
  model: string | null
  nodes: NodeLine[]
  blocks: BlockLine[]
  errors: TextError[]
}

const id = /[A-Za-z0-9][\w-]*/y
const word = /[A-Za-z_][\w-]*/y

/** Reads every line; a line that cannot be read is an error and the next one is read all the same. */
export function readLines(text: string): Lines {
  const result: Lines = { model: null, nodes: [], blocks: [], errors: [] }
  /** Blocks that the next line may lie in, by how far they are indented. */
  const open: { indent: number; inside: number | null; block: number }[] = []
  for (const [i, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const cursor = new Cursor(raw)
    if (cursor.atEnd) continue
    const line = i + 1
    try {
      const indent = raw.length - raw.trimStart().length
      while (indent <= (open.at(-1)?.indent ?? -1)) open.pop()
      const around = open.at(-1)
      if (!around && indent > 0)
        cursor.refuse('this line is indented, but the line above begins no block; take the spaces away')
      if (around) {
        around.inside ??= indent
        if (indent !== around.inside)
          cursor.refuse(
            `this line is indented by ${indent}, the others of its block by ${around.inside}; make them equal`,
          )
      }
      const home = around?.block ?? null
      const column = cursor.column
      if (cursor.take(/model(?=\s*")/y) !== null) {
        if (result.model !== null) cursor.refuse('the model has a name already', column)
        result.model = cursor.text() ?? ''
      } else if (cursor.sees(/block\b(?!-)(?!\s*=)/y)) {
        const block = readBlock(cursor)
        open.push({ indent, inside: null, block: result.blocks.length })
        result.blocks.push({ ...block, line, column, parent: home })
      } else result.nodes.push({ ...readNode(cursor), line, column, block: home })
      if (!cursor.atEnd) cursor.expected('the end of the line')
    } catch (error) {
      if (!(error instanceof LineError)) throw error
      result.errors.push({ line, column: error.column, message: error.message })
    }
  }
  return result
}

/** `block body "Body" x3 collapsed:`, of which only the colon must be there. */
function readBlock(cursor: Cursor): Omit<BlockLine, 'line' | 'column' | 'parent'> {
  cursor.take(/block/y)
  const unnamed = cursor.sees(/("(?:[^"\\]|\\.)*"\s*)?(x\s*\d+\s*)?(collapsed\s*)?:/y)
  const blockId = unnamed ? null : cursor.take(id)
  const name = cursor.text() ?? ''
  const at = cursor.column
  const repeat = Number(cursor.take(/x\s*\d+/y)?.slice(1) ?? 1)
  if (repeat < 1 || repeat > 1000) cursor.refuse('a block is repeated 1 to 1000 times', at)
  const collapsed = cursor.take(/collapsed\b/y) !== null
  cursor.need(/:/y, 'a block such as: block body "Body" x3 collapsed:')
  return { id: blockId, name, repeat, collapsed }
}

function readNode(cursor: Cursor): Omit<NodeLine, 'line' | 'column' | 'block'> {
  const node: Omit<NodeLine, 'line' | 'column' | 'block'> = {
    id: cursor.need(id, 'a layer such as: relu = ReLU(input)'),
    kind: { word: '', quoted: false, column: 0 },
    inputs: [],
    settings: [],
    name: '',
    bypassed: false,
    shares: [],
  }
  cursor.need(/=/y, '"=" and the kind of the layer')
  const column = cursor.column
  const quoted = cursor.text()
  node.kind = { word: quoted ?? cursor.need(word, 'the kind of the layer'), quoted: quoted !== null, column }
  cursor.need(/\(/y, '"(" and what feeds the layer')
  if (cursor.take(/\)/y) === null)
    do readArgument(cursor, node)
    while (cursor.need(/[,)]/y, '"," or ")"') === ',')
  while (!cursor.atEnd) readSuffix(cursor, node)
  return node
}

/** `source`, `port <- source` or `setting: value`. */
function readArgument(cursor: Cursor, node: Pick<NodeLine, 'inputs' | 'settings'>): void {
  if (!cursor.sees(/("(?:[^"\\]|\\.)*"|[\w-]+)\s*(:|<-)/y)) {
    node.inputs.push({ port: null, from: readReference(cursor) })
    return
  }
  const { column } = cursor
  const key = cursor.text() ?? cursor.need(/[\w-]+/y, 'a setting')
  if (cursor.take(/:/y) !== null) node.settings.push({ key, value: readValue(cursor), column })
  else {
    cursor.need(/<-/y, '":" or "<-"')
    node.inputs.push({ port: key, from: readReference(cursor) })
  }
}

function readReference(cursor: Cursor): Reference {
  const { column } = cursor
  const node = cursor.need(id, 'what feeds the layer, or a setting such as bias: true')
  return { node, port: cursor.take(/\./y) === null ? null : readName(cursor, 'an output'), column }
}

const readName = (cursor: Cursor, what: string): string =>
  cursor.text() ?? cursor.need(word, `the name of ${what}`)

/** `named "Scores"`, `bypassed`, `shares weight with other.weight`. */
function readSuffix(cursor: Cursor, node: Pick<NodeLine, 'name' | 'bypassed' | 'shares'>): void {
  const { column } = cursor
  if (cursor.take(/named\b/y) !== null) node.name = cursor.text() ?? cursor.expected('the name in quotes')
  else if (cursor.take(/bypassed\b/y) !== null) node.bypassed = true
  else if (cursor.take(/shares\b/y) !== null) {
    const weight = readName(cursor, 'a weight')
    cursor.need(/with\b/y, '"with" and whose weight it is')
    const from = cursor.need(id, 'a layer')
    cursor.need(/\./y, '"." and the name of its weight')
    node.shares.push({ weight, source: { node: from, weight: readName(cursor, 'a weight') }, column })
  } else cursor.expected('named "…", bypassed, shares … with …, or the end of the line')
}
