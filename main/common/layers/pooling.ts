/** What the pools share: their fields, windows and PyTorch form. */
import { sizesParameter, type Field, type Mend, type Parameters } from '../layer.ts'
import { formatSizes, pythonSizes, reachOf, sizesField, type Window } from './windows.ts'

/** Kernel, stride and padding for `axes` axes. */
export const poolFields = (axes: 1 | 2): readonly Field[] => [
  sizesField(axes, {
    key: 'kernel',
    title: 'Window',
    help: axes === 1 ? 'Steps that become one.' : 'Height x width that become one place.',
    default: 2,
  }),
  sizesField(axes, {
    key: 'stride',
    title: 'Stride',
    help: 'How far the window moves; as far as it is wide, so that windows do not overlap.',
    default: 2,
  }),
  sizesField(axes, {
    key: 'padding',
    title: 'Padding',
    help: 'Places added on each side, at most half the window; a maximum never comes from there.',
    default: 0,
    minimum: 0,
    advanced: true,
  }),
]

export function poolWindows(parameters: Parameters, axes: 1 | 2): readonly Window[] {
  const strides = sizesParameter(parameters, 'stride', axes, 2)
  const paddings = sizesParameter(parameters, 'padding', axes, 0)
  return sizesParameter(parameters, 'kernel', axes, 2).map((kernel, i) => {
    const padding = paddings[i] ?? 0
    return { kernel, stride: strides[i] ?? 1, dilation: 1, before: padding, after: padding }
  })
}

/** Padding beyond half the window, which would make windows of padding only. */
export function poolPaddingError(
  windows: readonly Window[],
  node: string,
): { message: string; mends: readonly Mend[] } | null {
  const most = windows.map((window) => Math.floor(reachOf(window) / 2))
  if (windows.every(({ before }, i) => before <= (most[i] ?? 0))) return null
  const value = windows.map(({ before }, i) => Math.min(before, most[i] ?? 0))
  return {
    message: `has padding of ${formatSizes(windows.map(({ before }) => before))}; at most half the window, ${formatSizes(most)}, makes sense`,
    mends: [
      { kind: 'set-parameter', title: `Set padding to ${formatSizes(value)}`, node, key: 'padding', value },
    ],
  }
}

/** `2, stride=1, padding=1`: arguments of PyTorch's pools, what is default left out. */
export function poolArguments(windows: readonly Window[]): string {
  const sizes = (pick: (window: Window) => number): string => pythonSizes(windows.map(pick))
  const kernel = sizes(({ kernel }) => kernel)
  const optional = [
    ['stride', sizes(({ stride }) => stride), kernel],
    ['padding', sizes(({ before }) => before), '0'],
  ].flatMap(([name, value, usual]) => (value === usual ? [] : [`${name}=${value}`]))
  return [kernel, ...optional].join(', ')
}

export function poolSummary(parameters: Parameters, axes: 1 | 2): string {
  const windows = poolWindows(parameters, axes)
  const kernel = windows.map((window) => window.kernel)
  const stride = windows.map((window) => window.stride)
  const sizes = kernel.join(' x ')
  return stride.join(' x ') === sizes ? sizes : `${sizes} · stride ${formatSizes(stride)}`
}

/** The taps of a maximum, kept for backward: one byte each, four for windows of more than 256 places. */
export const tapBytes = (windows: readonly Window[]): number =>
  windows.reduce((size, { kernel }) => size * kernel, 1) > 256 ? 4 : 1
