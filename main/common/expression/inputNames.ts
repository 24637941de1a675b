/** Giving the inputs of a custom operator other names, with the wires they have. */
import type { ModelDocument } from '../document.ts'
import { setParameter } from '../edit.ts'
import { nodePorts } from '../shapes.ts'

/**
 * Sets the names of an operator's inputs. Names that stay keep their wires; of the others the first gone gives its wire to the
 * first that came, and so on; an input with no successor takes its wire along.
 */
export function setInputNames(document: ModelDocument, id: string, names: string): ModelDocument {
  const portsOf = (of: ModelDocument): readonly string[] => {
    const node = of.nodes.find((candidate) => candidate.id === id)
    return node ? nodePorts(node).inputs : []
  }
  const before = portsOf(document)
  const changed = setParameter(document, id, 'inputs', names)
  const after = portsOf(changed)
  if (changed === document || before.join() === after.join()) return changed
  const left = before.filter((name) => !after.includes(name))
  const arrived = after.filter((name) => !before.includes(name))
  const renamed = new Map(left.map((name, i) => [name, arrived[i]]))
  const wires = changed.wires.flatMap((wire) => {
    if (wire.to.node !== id || !renamed.has(wire.to.port)) return [wire]
    const port = renamed.get(wire.to.port)
    return port === undefined ? [] : [{ ...wire, to: { ...wire.to, port } }]
  })
  return { ...changed, wires }
}
