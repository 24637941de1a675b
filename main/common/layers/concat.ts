import { add, formatShape, sameDim, type Dim, type Shape } from '../dims.ts'
import { inputOf, noCost, type ForwardCall, type Layer, type Mend, type ShapeResult } from '../layer.ts'
import type { TensorMethods } from '../ops.ts'
import { joinRagged } from './joinRagged.ts'
import { inputsField, joinAxis, joinedPorts } from './letters.ts'

/** Inputs side by side along one axis. */
export const concat: Layer = {
  kind: 'concat',
  title: 'Concat',
  group: 'Join and shape',
  help: 'Puts its inputs side by side along one axis: the channels of images, the features of anything else, unless you say which. All other sizes must agree.',
  formula: 'y = [a, b, ...]',
  source: { title: 'torch.cat', url: 'https://docs.pytorch.org/docs/stable/generated/torch.cat.html' },
  keywords: ['concatenate', 'join', 'merge', 'stack', 'cat', 'skip'],
  fields: [
    inputsField,
    {
      type: 'optional-integer',
      key: 'axis',
      title: 'Axis',
      help: '1 is the first after the batch.',
      default: null,
      minimum: 1,
      maximum: 4,
      emptyMeans: 'channels or features',
    },
  ],
  inputs: joinedPorts,
  outputs: ['output'],
  widthKey: () => null,
  summary: (parameters) =>
    `${joinedPorts(parameters).length} inputs${typeof parameters.axis === 'number' ? ` · axis ${parameters.axis}` : ''}`,
  shape(inputs, parameters, { node }): ShapeResult {
    const ports = joinedPorts(parameters)
    const shapes = ports.map((port) => inputOf(inputs, port))
    const first = shapes[0] ?? []
    const axis = joinAxis(parameters, first.length)
    const differs = shapes.findIndex((shape) => !agree(first, shape, axis))
    if (differs < 0 && axis < first.length)
      return {
        outputs: {
          output: first.map((size, i) =>
            i === axis ? add(...shapes.map((shape) => shape[i] as Dim)) : size,
          ),
        },
      }
    if (differs < 0)
      return {
        error: {
          message: `joins along axis ${axis}, but its inputs are ${formatShape(first)} and have axes up to ${first.length - 1}`,
          mends: [follow(node, null)],
        },
      }
    const other = [...first.keys()].find(
      (candidate) => candidate > 0 && shapes.every((shape) => agree(first, shape, candidate)),
    )
    const mends = other === undefined ? [] : [follow(node, other)]
    const message = `joins inputs that agree in all but axis ${axis}, but a is ${formatShape(first)} and ${ports[differs]} is ${formatShape(shapes[differs] ?? [])}`
    return { error: { message, mends } }
  },
  weights: () => [],
  forward<T extends TensorMethods<T>>(call: ForwardCall<T>) {
    const ports = joinedPorts(call.parameters)
    const tensors = ports.map((port) => inputOf(call.inputs, port))
    const axis = joinAxis(call.parameters, tensors[0]?.shape.length ?? 0)
    const lengths = ports.map((port) => call.lengths(port, axis))
    // Padding may stand at the end only: what follows a shorter sequence moves up to it.
    const ragged = lengths.slice(0, -1).some((length) => length !== null)
    return { output: ragged ? joinRagged(call.ops, tensors, lengths, axis) : call.ops.cat(tensors, axis) }
  },
  cost: () => noCost,
  pytorch(inputs, parameters) {
    const ports = joinedPorts(parameters).join(', ')
    const axis = joinAxis(parameters, inputs['a']?.length ?? 2)
    return `lambda ${ports}: torch.cat((${ports}), ${axis})`
  },
  exported(inputs, parameters) {
    const ports = joinedPorts(parameters)
    const axis = joinAxis(parameters, inputs['a']?.length ?? 2)
    return {
      module: `layers.Concat(${axis}, inputs=${ports.length})`,
      lengths: ports.map((port) => ({ port, axis })),
    }
  },
}

const agree = (a: Shape, b: Shape, axis: number): boolean =>
  a.length === b.length && a.every((size, i) => i === axis || sameDim(size, b[i] as Dim))

const follow = (node: string, axis: number | null): Mend => ({
  kind: 'set-parameter',
  title: axis === null ? 'Join channels or features' : `Join along axis ${axis}`,
  node,
  key: 'axis',
  value: axis,
})
