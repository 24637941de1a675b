/** One-click repairs that several layers offer. */
import type { Mend, Parameters } from '../layer.ts'

/** Put a layer with these parameters on the wire that enters `node` at `port`. */
export const insertBefore = (
  node: string,
  layer: string,
  title: string,
  parameters: Parameters = {},
  port = 'input',
): Mend => ({ kind: 'insert-before', title: `Insert ${title}`, node, port, layer, parameters })
