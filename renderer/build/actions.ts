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
  type Port,
  type Position,
} from '../../main/common/edit.ts'
import { copy, duplicate, paste, readFragment } from '../../main/common/fragment.ts'
import { nodePorts, passesOn } from '../../main/common/shapes.ts'
import { tidy } from '../../main/common/tidy.ts'
import { notify, select, useCanvas } from './canvas.ts'
import { endGesture, useModel } from './store.ts'

export const grid = 8
export const snap = ({ x, y }: Position): Position => ({
  x: Math.round(x / grid) * grid,
  y: Math.round(y / grid) * grid,
})

/** Says why when an edit is refused. */
const attempt: ReturnType<typeof useModel.getState>['attempt'] = (edit, gesture) => {
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
        : addNode(document, kind, freePlace(document, place))
    if ('id' in added) id = added.id
    return added
  })
  if (id) select([id])
}

/** Adds a layer behind the selected one, or right of everything when none is. */
export function addNext(kind: string): void {
  let id = ''
  useModel.getState().apply((document) => {
    const after = useCanvas.getState().selectedNodes.at(-1)
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
export function addWired(
  kind: string,
  place: Position,
  from: { node: string; port: string; type: 'source' | 'target' },
): void {
  let id = ''
  const source = from.type === 'source'
  const corner = snap({ x: place.x - (source ? 0 : nodeSize.width), y: place.y - nodeSize.height / 2 })
  attempt((document) => {
    const added = addNode(document, kind, freePlace(document, corner))
    id = added.id
    const port = nodePorts({ kind, parameters: {} })[source ? 'inputs' : 'outputs'][0]
    if (port === undefined) return added
    const here: Port = { node: id, port }
    const there: Port = { node: from.node, port: from.port }
    return source ? connect(added.document, there, here) : connect(added.document, here, there)
  })
  if (useModel.getState().document.nodes.some((node) => node.id === id)) select([id])
}

export function wire(from: Port, to: Port): void {
  attempt((document) => connect(document, from, to))
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
  const { selectedNodes, selectedWires, edges } = useCanvas.getState()
  // A box selects the wires of its nodes too; cut, they could not be healed.
  const cut = edges
    .filter(({ id }) => selectedWires.includes(id))
    .filter(({ source, target }) => !selectedNodes.includes(source) && !selectedNodes.includes(target))
    .map(({ id }) => id)
  useModel.getState().apply((document) => removeNodes(disconnect(document, cut), selectedNodes))
}

export function duplicateSelected(): void {
  const { selectedNodes } = useCanvas.getState()
  let ids: string[] = []
  useModel.getState().apply((document) => {
    const made = duplicate(document, selectedNodes)
    ids = made.ids
    return made.document
  })
  if (ids.length > 0) select(ids)
}

/** The selected nodes as text for a clipboard; null when none is. */
export function copiedText(): string | null {
  const fragment = copy(useModel.getState().document, useCanvas.getState().selectedNodes)
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
  select(ids)
  return true
}

/** Lays the model out in rows of as many columns as the canvas shows at a readable size. */
export function tidyUp(columns: number): void {
  const sizes = new Map(
    useCanvas.getState().nodes.map((node) => [
      node.id,
      {
        width: node.measured?.width ?? nodeSize.width,
        height: node.measured?.height ?? nodeSize.height,
      },
    ]),
  )
  useModel.getState().apply((document) => tidy(document, { sizes, columns }))
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
