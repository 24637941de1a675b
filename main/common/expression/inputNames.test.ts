import { expect, it } from 'vitest'
import { emptyDocument } from '../document.ts'
import { addNode, newWire } from '../edit.ts'
import { setInputNames } from './inputNames.ts'

const origin = { x: 0, y: 0 }
const { document: operator } = addNode(emptyDocument(), 'custom', origin, {
  inputs: 'x, y',
  forward: 'z = x',
})
const { document: alone } = addNode(operator, 'input', origin)
const wired = ['x', 'y'].reduce((document, port) => {
  const wire = newWire(
    document.wires.map(({ id }) => id),
    { node: 'input', port: 'output' },
    { node: 'custom', port },
  )
  return { ...document, wires: [...document.wires, wire] }
}, alone)

it.each([
  ['x, y', 'x=first y=second'],
  ['a, y', 'a=first y=second'],
  ['a, b', 'a=first b=second'],
  ['y, x', 'x=first y=second'],
  ['y', 'y=second'],
  ['a', 'a=first'],
  ['x, y, z', 'x=first y=second'],
  ['', ''],
])('inputs renamed to %j keep their wires: %s', (names, expected) => {
  const changed = setInputNames(wired, 'custom', names)
  const [first] = wired.wires
  const spoken = changed.wires.map(({ id, to }) => `${to.port}=${id === first?.id ? 'first' : 'second'}`)
  expect(spoken.sort().join(' ')).toBe(expected)
})
