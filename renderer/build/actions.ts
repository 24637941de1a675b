/** What a person does on the canvas, each one step of undo. */
import type { Mend } from '../../main/common/layer.ts'
import {
  addAfter,
  addNode,
  applyMend,
  connect,
  disconnect,
  freePlace,
  insertOnWire,
  nodeSize,
  pitch,
  removeNodes,
  splice,
  type Added,
  type Attempt,
  type Port,
  type Position,
} from '../../main/common/edit.ts'
import { align, type Alignment } from '../../main/common/align.ts'
import { moveIntoBlock } from '../../main/common/blocks.ts'
import { unitsOf } from '../../main/common/blockTree.ts'
import type { ModelDocument } from '../../main/common/document.ts'
import { copy, duplicate, paste, readFragment } from '../../main/common/fragment.ts'
import { nodePorts, passesOn } from '../../main/common/shapes.ts'
import { tidy } from '../../main/common/tidy.ts'
import { chosen, notify, select, useCanvas, type QuickAdd } from './canvas.ts'
import { blockId, rectangleOf } from './flowBlocks.ts'
import { isLayer } from './flowTypes.ts'
import { endGesture, useModel } from './store.ts'

export const grid = 8
export const snap = ({ x, y }: Position): Position => ({
  x: Math.round(x / grid) * grid,
  y: Math.round(y / grid) * grid,
})

/** Says why when an edit is refused. */
export const attempt: ReturnType<typeof useModel.getState>['attempt'] = (edit, gesture) => {
  const refused = useModel.getState().attempt(edit, gesture)
  notify(refused)
  return refused
}

/** Adds a layer with its middle at `centre`; on a wire it is spliced in. */
export function addAt(kind: string, centre: Position, wireId: string | null = null): void {
  let id: string | null = null
  const place = snap({ x: centre.x - nodeSize.width / 2, y: centre.y - nodeSize.height / 2 })
  const passes = passesOn({ kind, parameters: {} })
  attempt((document) => {
    const added =
      wireId && passes
        ? insertOnWire(document, wireId, kind, {}, place)
        : joined(addNode(document, kind, freePlace(document, place)), blockAt(centre))
    if ('id' in added) id = added.id
    return added
  })
  if (id) select([id])
}

/** The innermost open block whose frame is drawn around a point. */
export function blockAt({ x, y }: Position): string | null {
  const frames = useCanvas.getState().nodes.flatMap((node) => (node.type === 'frame' ? [node] : []))
  const around = frames
    .filter(({ position, width = 0, height = 0 }) => {
      const [right, bottom] = [position.x + width, position.y + height]
      return x >= position.x && x <= right && y >= position.y && y <= bottom
    })
    .sort((a, b) => (a.zIndex ?? 0) - (b.zIndex ?? 0))
  return around.at(-1)?.data.view.block ?? null
}

/** A new layer in a block, if it was put into one. */
function joined(added: Added, block: string | null): Added {
  const inside = block === null ? added : moveIntoBlock(added.document, [added.id], block)
  return 'document' in inside ? { document: inside.document, id: added.id } : added
}

/** Adds a layer behind the selected one, or right of everything when none is. */
export function addNext(kind: string): void {
  let id = ''
  useModel.getState().apply((document) => {
    const after = chosen().at(-1)
    const rightmost = document.nodes.reduce<Position | null>(
      (found, { position }) => (found && found.x >= position.x ? found : position),
      null,
    )
    const place = rightmost ? { x: rightmost.x + pitch.x, y: rightmost.y } : { x: 0, y: 0 }
    const added =
      after !== undefined
        ? addAfter(document, after, kind)
        : addNode(document, kind, freePlace(document, place))
    id = added.id
    return added.document
  })
  select([id])
}

/** Adds a layer where a wire was let go, with the wire. */
export function addWired(kind: string, place: Position, from: NonNullable<QuickAdd['from']>): void {
  let id = ''
  const source = from.type === 'source'
  const corner = snap({ x: place.x - (source ? 0 : nodeSize.width), y: place.y - nodeSize.height / 2 })
  attempt((document) => {
    const added = joined(addNode(document, kind, freePlace(document, corner)), blockAt(place))
    id = added.id
    const port = nodePorts({ kind, parameters: {} })[source ? 'inputs' : 'outputs'][0]
    if (port === undefined) return added
    const here: Port = { node: id, port }
    return source ? join(added.document, from.ports, [here]) : join(added.document, [here], from.ports)
  })
  if (useModel.getState().document.nodes.some((node) => node.id === id)) select([id])
}

/** Wires the first output to every input; an input of a folded block is several. */
function join(document: ModelDocument, from: readonly Port[], to: readonly Port[]): Attempt {
  const [source] = from
  let result: Attempt = { document }
  for (const end of to) if (source && 'document' in result) result = connect(result.document, source, end)
  return result
}

export function wire(from: readonly Port[], to: readonly Port[]): void {
  attempt((document) => join(document, from, to))
}

/** The ports of the model behind a port that is drawn; those of a folded block lie inside it. */
export function portsBehind(node: string, handle: string): readonly Port[] {
  const drawn = useCanvas.getState().nodes.find(({ id }) => id === node)
  if (drawn?.type !== 'box') return [{ node, port: handle }]
  const { inputs, outputs } = drawn.data.view
  return [...inputs, ...outputs].find(({ id }) => id === handle)?.ends ?? []
}

/** Drops a loose node that was dragged onto a wire; joined with the drag into one step. */
export function spliceDragged(wireId: string, id: string): void {
  attempt((document) => splice(document, wireId, id), 'drag')
  endGesture()
}

export function mend(offered: Mend): void {
  attempt((document) => applyMend(document, offered))
}

export function removeSelected(): void {
  const gone = new Set(chosen())
  const { selectedWires } = useCanvas.getState()
  useModel.getState().apply((document) => {
    // A box selects the wires of its nodes too; cut, they could not be healed.
    const cut = document.wires.filter(
      ({ id, from, to }) => selectedWires.includes(id) && !gone.has(from.node) && !gone.has(to.node),
    )
    return removeNodes(
      disconnect(
        document,
        cut.map(({ id }) => id),
      ),
      gone,
    )
  })
}

/** @param keepInputs the copies are fed by what feeds the originals */
export function duplicateSelected(keepInputs = false): void {
  let ids: string[] = []
  useModel.getState().apply((document) => {
    const made = duplicate(document, chosen(), { keepInputs })
    ids = made.ids
    return made.document
  })
  if (ids.length > 0) selectMade(ids)
}

/** Selects what an edit made: whole blocks as blocks, so that a folded one among them is selected too. */
function selectMade(ids: readonly string[]): void {
  const units = unitsOf(useModel.getState().document, new Set(ids))
  select(units.map(({ node, block }) => node ?? blockId(block ?? '')))
}

/** The selected nodes as text for a clipboard; null when none is. */
export function copiedText(): string | null {
  const fragment = copy(useModel.getState().document, chosen())
  return fragment && JSON.stringify(fragment)
}

/** How often the same text was pasted, so that each copy stands beside the one before. */
let pasted = { text: '', times: 0 }

/** Pastes nodes from a clipboard's text; false when it holds none. */
export function pasteText(text: string): boolean {
  const fragment = readFragment(text)
  if (!fragment) return false
  pasted = { text, times: pasted.text === text ? pasted.times + 1 : 1 }
  const by = 32 * pasted.times
  let ids: string[] = []
  useModel.getState().apply((document) => {
    const made = paste(document, fragment, { x: by, y: by + 56 })
    ids = made.ids
    return made.document
  })
  selectMade(ids)
  return true
}

/** Drawn sizes of the layers, by id. */
export const drawnSizes = (): ReadonlyMap<string, { width: number; height: number }> =>
  new Map(useCanvas.getState().nodes.flatMap((node) => (isLayer(node) ? [[node.id, rectangleOf(node)]] : [])))

/** Lays the model out in rows of as many columns as the canvas shows at a readable size. */
export function tidyUp(columns: number): void {
  useModel.getState().apply((document) => tidy(document, { sizes: drawnSizes(), columns }))
}

export function alignSelected(how: Alignment): void {
  useModel.getState().apply((document) => align(document, chosen(), how, drawnSizes()))
}

export const columnsIn = (width: number): number =>
  Math.max(2, Math.floor((width - 32 + pitch.x - nodeSize.width) / pitch.x))

/** Moves what is selected by one step of the grid; presses in a row are one step of undo. */
export function nudge(dx: number, dy: number): void {
  const { nodes, changeNodes } = useCanvas.getState()
  changeNodes(
    nodes
      .filter((node) => node.selected)
      .map((node) => ({
        type: 'position',
        id: node.id,
        dragging: false,
        position: { x: node.position.x + dx * grid, y: node.position.y + dy * grid },
      })),
  )
}
