/** Where the ports of a node stand. */
import { nodeSize } from '../../main/common/edit.ts'

/** Canvas units between the names of ports, and from the top of a node to the first. */
const portPitch = 18
const firstPort = 61

/** How far below a node's top its port stands: beside the head where it is the only one of its side. */
export const portHeight = (ports: readonly unknown[], i: number): number =>
  ports.length < 2 ? nodeSize.height / 2 : firstPort + i * portPitch

/** Height of a node that has nothing to complain of. */
export function nodeHeight(inputs: readonly unknown[], outputs: readonly unknown[]): number {
  const rows = Math.max(inputs.length, outputs.length)
  return rows < 2 ? nodeSize.height : firstPort + (rows - 1) * portPitch + 15
}
