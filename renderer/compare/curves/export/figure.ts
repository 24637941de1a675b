/**
 * The curves as a figure for a report: one SVG with title, axes, grid, lines and legend, and nothing that it would have to
 * load. Pure but for the colours, which are handed in.
 */
import { axisName, xTicks, yTicks } from '../../../charts/Axes.tsx'
import type { Colours } from '../../../charts/colours.ts'
import { valueDomain } from '../../../charts/ticks.ts'
import { shortened } from '../../../ui/longName.ts'
import { smoothingTitle } from '../smoothing.ts'
import type { Curve } from '../curve.ts'
import { extremes } from '../extremes.ts'
import { farFrom, spike } from '../draw/raster.ts'
import { placer, shownOf, type Scale } from '../draw/scale.ts'
import { dotsOf } from '../draw/dots.ts'
import { bandOfOne, faint } from '../draw/scene.ts'
import type { Shown, ShownPanel } from './shown.ts'

/** Pixels. */
const alone = { width: 800, height: 400 }
const oneOfMany = { width: 460, height: 260 }
const edge = 20
const room = { left: 58, right: 14, top: 30, bottom: 42 }
const legend = { row: 18, letter: 6.3, stroke: 30, gap: 18, longest: 60 }
const font = `font-family="Inter, 'Segoe UI', 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"`

export function figure(shown: Shown, colourOf: Colours): string {
  const { panels } = shown
  const size = panels.length === 1 ? alone : oneOfMany
  const columns = Math.min(panels.length, 3, Math.ceil(Math.sqrt(panels.length)))
  const width = 2 * edge + columns * size.width
  const rows = Math.ceil(panels.length / columns)
  const head = 44
  const entries = legendOf(panels)
  const places = placeLegend(
    entries.map(({ label }) => label),
    width - 2 * edge,
  )
  const foot = edge + head + rows * size.height
  const height = foot + places.rows * legend.row + edge
  const text = colourOf('var(--td-text)').css
  const dim = colourOf('var(--td-dim)').css
  const [only] = panels
  const title = panels.length === 1 && only ? only.metric : panels.map(({ metric }) => metric).join(', ')
  const said = [shown.statement, smoothingTitle(shown.smoothing), bandTitle(shown)]
    .filter(Boolean)
    .join(' · ')
  const body = panels.map((panel, i) => {
    const left = edge + (i % columns) * size.width
    const top = edge + head + Math.floor(i / columns) * size.height
    return `<g transform="translate(${left} ${top})">${panelSvg(panel, shown, size, colourOf, panels.length > 1, `clip${i}`)}</g>`
  })
  const names = entries.map(({ label, colour, dash }, i) => {
    const { x, y } = places.at[i] ?? { x: 0, y: 0 }
    const [left, middle] = [edge + x, foot + y + 9]
    return (
      `<path d="M${left} ${middle}h24" stroke="${colourOf(colour).css}" stroke-width="2"${dashed(dash)}/>` +
      `<text x="${left + legend.stroke}" y="${middle + 4}" font-size="11.5" fill="${text}">${escaped(shortened(label, legend.longest))}</text>`
    )
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ${font} role="img">`,
    `<title>${escaped(title)}</title><desc>${escaped(said)}</desc>`,
    `<rect width="${width}" height="${height}" fill="${colourOf('var(--td-panel)').css}"/>`,
    `<text x="${edge}" y="${edge + 14}" font-size="16" font-weight="600" fill="${text}">${escaped(shortened(title, Math.floor((width - 2 * edge) / 8.6)))}</text>`,
    `<text x="${edge}" y="${edge + 32}" font-size="11.5" fill="${dim}">${escaped(said)}</text>`,
    ...body,
    ...names,
    '</svg>\n',
  ].join('\n')
}

const bandTitle = ({ band }: Shown): string =>
  band === null
    ? ''
    : band === 'std'
      ? 'mean of groups, band: one standard deviation'
      : 'mean of groups, band: minimum to maximum'

function panelSvg(
  { metric, curves, bounds }: ShownPanel,
  { x: quantity, xDomain, logX, logY }: Shown,
  size: { width: number; height: number },
  colourOf: Colours,
  titled: boolean,
  clip: string,
): string {
  const plot = {
    left: room.left,
    top: titled ? room.top : 12,
    width: size.width - room.left - room.right,
    height: size.height - room.bottom - (titled ? room.top : 12),
  }
  const yDomain = valueDomain([extremes(curves, xDomain, logY)], logY, bounds)
  const x: Scale = { domain: xDomain, log: logX, size: plot.width, up: false }
  const y: Scale = { domain: yDomain, log: logY, size: plot.height, up: true }
  const [toX, toY] = [placer(x), placer(y)]
  const [text, faintText, grid, line] = ['text', 'dim', 'grid', 'line-strong'].map(
    (name) => colourOf(`var(--td-${name})`).css,
  )
  const across = xTicks(quantity, xDomain, logX, plot.width)
  const up = yTicks(yDomain, logY, plot.height)
  const parts = [
    `<clipPath id="${clip}"><rect x="0" y="-1" width="${plot.width}" height="${plot.height + 2}"/></clipPath>`,
    ...up.values.map((value) => {
      const at = round(toY(value))
      return (
        `<path d="M0 ${at}H${plot.width}" stroke="${grid}"/>` +
        `<text x="-8" y="${at + 4}" font-size="11" text-anchor="end" fill="${faintText}">${escaped(up.write(value))}</text>`
      )
    }),
    ...across.values.map((value) => {
      const at = round(toX(value))
      return (
        `<path d="M${at} ${plot.height}v4" stroke="${line}"/>` +
        `<text x="${at}" y="${plot.height + 17}" font-size="11" text-anchor="middle" fill="${faintText}">${escaped(across.write(value))}</text>`
      )
    }),
    `<path d="M0 ${plot.height}H${plot.width}" stroke="${line}"/>`,
    `<text x="${plot.width / 2}" y="${plot.height + 34}" font-size="12" text-anchor="middle" fill="${text}">${escaped(axisTitle(quantity))}</text>`,
    `<text transform="translate(${12 - plot.left} ${plot.height / 2}) rotate(-90)" font-size="12" text-anchor="middle" fill="${text}">${escaped(metric)}</text>`,
    `<g clip-path="url(#${clip})" fill="none" stroke-linejoin="round">`,
    ...curves.map((curve) => rawSvg(curve, x, y, colourOf, faint(curves))),
    ...curves.map((curve) => lineSvg(curve, x, y, colourOf)),
    '</g>',
  ]
  const heading = titled
    ? `<text x="${plot.left}" y="18" font-size="13" font-weight="600" fill="${text}">${escaped(metric)}</text>`
    : ''
  return `${heading}<g transform="translate(${plot.left} ${plot.top})">${parts.join('\n')}</g>`
}

const axisTitle = (quantity: Shown['x']): string =>
  quantity === 'time' ? 'time trained' : quantity === 'wall' ? 'wall time' : axisName[quantity]

/** Through minimum and maximum of every bucket, those that reach far plainly: so a spike of one step is seen. */
function rawSvg(curve: Curve, x: Scale, y: Scale, colourOf: Colours, opacity: number): string {
  const [toX, toY] = [placer(x), placer(y)]
  const { css } = colourOf(curve.colour)
  return curve.raw
    .map((raw) => {
      const [from, to] = shownOf(raw.x, x)
      const strokes = Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => {
        const low = raw.min[from + i] as number
        const at = toX(raw.x[from + i] as number)
        return { at, top: toY(raw.max[from + i] as number), bottom: y.log && low <= 0 ? y.size : toY(low) }
      })
      const far = farFrom(strokes.map(({ top, bottom }) => bottom - top))
      const points = strokes.flatMap(({ at, top, bottom }, i): [number, number][] => {
        if (top === bottom) return [[at, top]]
        // Down then up in turn: neighbouring buckets join at like ends.
        const ends = i % 2 === 0 ? [bottom, top] : [top, bottom]
        return ends.map((end) => [at, end])
      })
      const spikes = strokes
        .filter(({ top, bottom }) => bottom - top > far)
        .map(({ at, top, bottom }) => `M${round(at)} ${round(bottom)}V${round(top)}`)
      return (
        `<path d="${path(points)}" stroke="${css}" opacity="${opacity}"/>` +
        (spikes.length > 0 ? `<path d="${spikes.join('')}" stroke="${css}" opacity="${spike.opacity}"/>` : '')
      )
    })
    .join('')
}

function lineSvg(curve: Curve, x: Scale, y: Scale, colourOf: Colours): string {
  const [toX, toY] = [placer(x), placer(y)]
  const [from, to] = shownOf(curve.x, x)
  const { css } = colourOf(curve.colour)
  const along = (values: ArrayLike<number>): [number, number][] =>
    Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => [
      toX(curve.x[from + i] as number),
      toY(values[from + i] as number),
    ])
  const { band } = curve
  const foot = (point: [number, number]): [number, number] => [
    point[0],
    Number.isFinite(point[1]) ? point[1] : y.size,
  ]
  const area = band
    ? `<path d="${path([...along(band.high), ...along(band.low).map(foot).toReversed()])}Z" fill="${css}" opacity="0.18"${from === to ? ` stroke="${css}" stroke-width="${bandOfOne}"` : ''}/>`
    : ''
  const { radius, places } = dotsOf(curve, x, y)
  const dots = places.map(
    ([px, py]) => `<circle cx="${round(px)}" cy="${round(py)}" r="${radius}" fill="${css}"/>`,
  )
  return `${area}<path d="${path(along(curve.y))}" stroke="${css}" stroke-width="1.8"${dashed(curve.dash)} data-curve="${curve.id}"/>${dots.join('')}`
}

/** A value that has no place breaks the line. */
function path(points: readonly (readonly [number, number])[]): string {
  let d = ''
  let pen = 'M'
  for (const [x, y] of points) {
    if (!Number.isFinite(x) || !Number.isFinite(y)) pen = 'M'
    else {
      d += `${pen}${round(x)} ${round(y)}`
      pen = 'L'
    }
  }
  return d
}

/** Each line once, however many panels it is in. */
function legendOf(panels: readonly ShownPanel[]): Pick<Curve, 'label' | 'colour' | 'dash'>[] {
  const byId = new Map(panels.flatMap(({ curves }) => curves.map((curve) => [curve.id, curve] as const)))
  return [...byId.values()].sort((a, b) => a.id - b.id)
}

/** Columns as wide as the longest name, as many as fit. */
function placeLegend(labels: readonly string[], width: number) {
  const longest = Math.max(1, ...labels.map((label) => shortened(label, legend.longest).length))
  const column = legend.stroke + longest * legend.letter + legend.gap
  const columns = Math.max(1, Math.floor((width + legend.gap) / column))
  const at = labels.map((_, i) => ({ x: (i % columns) * column, y: Math.floor(i / columns) * legend.row }))
  return { at, rows: Math.ceil(labels.length / columns) }
}

const dashed = (dash: string): string => (dash === '' ? '' : ` stroke-dasharray="${dash}"`)
const round = (value: number): number => Math.round(value * 10) / 10
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
