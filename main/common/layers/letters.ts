/** Ports of layers that have as many as a parameter says: a, b, c, ... */
import { numberParameter, type Field, type Parameters } from '../layer.ts'

const mostPorts = 8
const letters = 'abcdefgh'

/** The first `count` of a, b, c, ...; at least one. A count that is wrong is named by its field's check. */
export const letterPorts = (count: number): readonly string[] => [
  ...letters.slice(0, Math.min(Math.max(Math.trunc(count), 1), mostPorts)),
]

export const inputsField: Field = {
  type: 'integer',
  key: 'inputs',
  title: 'Inputs',
  help: 'How many wires come together.',
  default: 2,
  minimum: 2,
  maximum: mostPorts,
}

export const joinedPorts = (parameters: Parameters): readonly string[] =>
  letterPorts(numberParameter(parameters, 'inputs', 2))

/** The axis along which inputs are joined or cut: the channels of images, else the last, unless one is given. */
export const joinAxis = ({ axis }: Parameters, rank: number): number =>
  typeof axis === 'number' ? axis : rank === 4 ? 1 : rank - 1
