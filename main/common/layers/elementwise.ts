/** Add and Multiply: inputs of one shape, taken value by value. */
import { formatShape, multiply, sameDim, type Dim, type Shape } from '../dims.ts'
import { inputOf, sampleShape, type Cost, type Layer, type Mend, type ShapeResult } from '../layer.ts'
import type { TensorMethods } from '../ops.ts'
import { inputsField, joinedPorts } from './letters.ts'
import { insertBefore } from './mends.ts'
import { placesOf } from './windows.ts'

interface Elementwise {
  kind: string
  title: string
  help: string
  formula: string
  keywords: readonly string[]
  source: Layer['source']
  /** "adds", in sentences. */
  verb: string
  /** Between the inputs in Python. */
  operator: string
  join<T extends TensorMethods<T>>(a: T, b: T): T
  keeps: (ports: readonly string[], size: Dim) => Pick<Cost, 'keeps' | 'extraBytes'>
}

export const elementwise = ({ verb, operator, join, keeps, ...truth }: Elementwise): Layer => ({
  ...truth,
  group: 'Join and shape',
  fields: [inputsField],
  inputs: joinedPorts,
  outputs: ['output'],
  widthKey: () => null,
  summary: (parameters) => `${joinedPorts(parameters).length} inputs`,
  shape: (inputs, parameters, { node }) => joinedShape(inputs, joinedPorts(parameters), node, verb),
  weights: () => [],
  forward({ inputs, parameters }) {
    const [first, ...others] = joinedPorts(parameters).map((port) => inputOf(inputs, port))
    if (!first) throw new Error(`[${truth.kind}] has no input`)
    return { output: others.reduce(join, first) }
  },
  cost(inputs, parameters) {
    const ports = joinedPorts(parameters)
    const shaped = joinedShape(inputs, ports, '', verb)
    const size = multiply(...sampleShape('outputs' in shaped ? inputOf(shaped.outputs, 'output') : []))
    return { flops: multiply(ports.length - 1, size), ...keeps(ports, size) }
  },
  pytorch(_inputs, parameters) {
    const ports = joinedPorts(parameters)
    return `lambda ${ports.join(', ')}: ${ports.join(` ${operator} `)}`
  },
})

/** The one shape of all inputs. An axis of size 1 is stretched to what the others have there. */
function joinedShape(
  inputs: Readonly<Record<string, Shape>>,
  ports: readonly string[],
  node: string,
  verb: string,
): ShapeResult {
  const [first = 'a', ...others] = ports
  let joined = inputOf(inputs, first)
  for (const port of others) {
    const next = inputOf(inputs, port)
    const both = stretched(joined, next)
    if (!both) {
      const message = `${verb} inputs of one shape, but ${first} is ${formatShape(joined)} and ${port} is ${formatShape(next)}`
      const mends = [...convert(node, port, next, joined), ...convert(node, first, joined, next)]
      return { error: { message, mends } }
    }
    joined = both
  }
  return { outputs: { output: joined } }
}

function stretched(a: Shape, b: Shape): Shape | null {
  if (a.length !== b.length) return null
  const shape: Dim[] = []
  for (const [axis, size] of a.entries()) {
    const other = b[axis] as Dim
    if (!sameDim(size, other) && size !== 1 && other !== 1) return null
    shape.push(size === 1 ? other : size)
  }
  return shape
}

/** A 1 x 1 convolution's window. */
const point = { kernel: 1, dilation: 1, before: 0, after: 0 }

/** A layer that makes `from`, which enters at `port`, into `to`: the projection on a residual block's shortcut. */
function convert(node: string, port: string, from: Shape, to: Shape): Mend[] {
  if (from.length !== to.length) return []
  const image = from.length === 4
  const axis = image ? 1 : from.length - 1
  const width = to[axis]
  if (axis < 1 || typeof width !== 'number' || typeof from[axis] !== 'number') return []
  const fits = (stride: number): boolean =>
    from.every(
      (size, i) => i === 0 || i === axis || sameDim(placesOf(size, { ...point, stride }), to[i] as Dim),
    )
  if (!image)
    return fits(1)
      ? [insertBefore(node, 'linear', `Linear ${width} on ${port}`, { outFeatures: width }, port)]
      : []
  const stride = [1, 2, 4, 8].find(fits)
  if (stride === undefined) return []
  const title = `1 x 1 Conv to ${width} channels${stride > 1 ? `, stride ${stride},` : ''} on ${port}`
  const parameters = { outChannels: width, kernel: 1, stride }
  return [insertBefore(node, 'conv2d', title, parameters, port)]
}
