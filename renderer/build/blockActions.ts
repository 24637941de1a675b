/** What a person does to blocks, bypassed layers and shared weights; each one step of undo. */
import {
  blockOf,
  groupNodes,
  moveIntoBlock,
  renameBlock,
  setCollapsed,
  setRepeat,
  takeOutOfBlock,
  ungroup,
} from '../../main/common/blocks.ts'
import { nodesOf } from '../../main/common/blockTree.ts'
import { setBypass, type Position } from '../../main/common/edit.ts'
import { attempt, blockAt } from './actions.ts'
import { foldedBlocks } from './blockView.ts'
import { chosen, select, selectBlock, useCanvas } from './canvas.ts'
import { isLayer } from './flowTypes.ts'
import { rectangleOf } from './flowBlocks.ts'
import { endGesture, useModel } from './store.ts'

/** Groups what is selected and asks for a name where the frame is drawn; the name belongs to the same step. */
export function groupSelected(): void {
  let id: string | null = null
  const refused = attempt((document) => {
    const made = groupNodes(document, chosen())
    if ('id' in made) id = made.id
    return made
  }, naming)
  if (refused !== null || id === null) return
  selectBlock(id)
  useCanvas.setState({ naming: id })
}

/** The gesture that a group and its first name have in common. */
const naming = 'name a block'

export function nameBlock(id: string, name: string): void {
  const wanted = name.trim()
  if (wanted !== '') useModel.getState().apply((document) => renameBlock(document, id, wanted), naming)
  endGesture()
  useCanvas.setState({ naming: null })
}

export function cancelNaming(): void {
  endGesture()
  useCanvas.setState({ naming: null })
}

/** Takes the selected blocks apart, or the innermost one around what is selected. */
export function ungroupSelected(): void {
  const { document } = useModel.getState()
  const { selectedBlocks, selectedNodes } = useCanvas.getState()
  const around = selectedNodes.flatMap((node) => blockOf(document, node)?.id ?? [])
  const blocks = selectedBlocks.length > 0 ? selectedBlocks : [...new Set(around)].slice(0, 1)
  const inside = blocks.flatMap((id) => [...nodesOf(document, id)])
  if (blocks.length === 0) return
  useModel.getState().apply((now) => blocks.reduce(ungroup, now))
  select(inside)
}

export function repeatBlock(id: string, repeat: number): void {
  useModel.getState().apply((document) => setRepeat(document, id, repeat), `repeat ${id}`)
}

export function foldBlock(id: string, collapsed: boolean): void {
  useModel.getState().apply((document) => setCollapsed(document, id, collapsed))
  selectBlock(id)
}

/** Folds the selected blocks, or opens them when all are folded. */
export function foldSelected(): void {
  const { document } = useModel.getState()
  const { selectedBlocks, selectedNodes } = useCanvas.getState()
  const around = selectedNodes.flatMap((node) => blockOf(document, node)?.id ?? [])
  const ids = selectedBlocks.length > 0 ? [...selectedBlocks] : [...new Set(around)].slice(0, 1)
  const open = document.blocks.some((block) => ids.includes(block.id) && !block.collapsed)
  useModel.getState().apply((now) => ids.reduce((next, id) => setCollapsed(next, id, open), now))
  const [first] = ids
  if (first !== undefined) selectBlock(first)
}

/** Opens every folded block that hides a node. */
export function uncover(node: string): void {
  useModel.getState().apply((document) => {
    let result = document
    for (let at = blockOf(result, node); at; at = result.blocks.find(({ id }) => id === at?.parent) ?? null)
      result = setCollapsed(result, at.id, false)
    return result
  })
}

/** Opens every folded block around a block, so that it is drawn. */
export function uncoverBlock(id: string): void {
  const drawn = foldedBlocks(useModel.getState().document).get(id)
  if (drawn === undefined || drawn === id) return
  useModel.getState().apply((document) => setCollapsed(document, drawn, false))
  uncoverBlock(id)
}

/** Leaves the chosen layers out of the computation, or takes them back when all are out. */
export function bypassSelected(): void {
  const ids = new Set(chosen())
  if (ids.size === 0) return
  const { nodes } = useModel.getState().document
  const bypass = nodes.some((node) => ids.has(node.id) && !node.bypass)
  attempt((document) => setBypass(document, ids, bypass))
}

export function takeOut(id: string): void {
  useModel.getState().apply((document) => takeOutOfBlock(document, [id]))
}

/** A layer that was dragged into a frame joins its block, in the same step as the drag. */
export function joinDragged(id: string): void {
  const drawn = useCanvas.getState().nodes.find((node) => node.id === id)
  if (!drawn || !isLayer(drawn)) return
  const { x, y, width, height } = rectangleOf(drawn)
  const middle: Position = { x: x + width / 2, y: y + height / 2 }
  const { document } = useModel.getState()
  const around = blockAt(middle)
  const own = blockOf(document, id)
  // Its own frame stretches with it: only another one can be entered.
  if (around === null || own?.id === around) return
  if (own && nodesOf(document, around).has(id)) return
  attempt((now) => moveIntoBlock(now, [id], around), 'drag')
}
