/** What @xyflow draws here: layers, frames of open blocks, boxes of folded ones, wires. */
import type { Edge, Node } from '@xyflow/react'
import type { Mend } from '../../main/common/layer.ts'
import type { BoxPort } from './blockView.ts'
import type { WireView } from './describe.ts'

export type NodeView = {
  title: string
  summary: string
  colour: string
  inputs: readonly string[]
  outputs: readonly string[]
  /** Trained values. */
  parameters: number
  problem: { message: string; incomplete: boolean; mends: readonly Mend[] } | null
  waitsFor: string | null
  bypass: boolean
}
export type BlockView = {
  /** Id of the block in the document. */
  block: string
  name: string
  repeat: number
  /** Trained values of all copies. */
  weights: number
  /** What is wrong with the block itself or, where it is folded, with something inside it. */
  problem: { message: string; incomplete: boolean } | null
}
export type TitledPort = BoxPort & { title: string }
export type BoxView = BlockView & {
  summary: string
  inputs: readonly TitledPort[]
  outputs: readonly TitledPort[]
}

export type LayerNode = Node<{ view: NodeView }, 'layer'>
export type FrameNode = Node<{ view: BlockView }, 'frame'>
export type BoxNode = Node<{ view: BoxView }, 'box'>
export type CanvasNode = LayerNode | FrameNode | BoxNode
export type CanvasEdge = Edge<{ view: WireView }, 'wire'>

export const isLayer = (node: CanvasNode): node is LayerNode => node.type === 'layer'
