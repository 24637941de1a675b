/**
 * The matrix on a canvas, so that hundreds of classes are one picture. The wheel, or + and -, look closer; the arrow keys
 * move from cell to cell, Enter opens its samples.
 */
import { useComputedColorScheme } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react'
import { counted, percent } from '../../ui/format.ts'
import type { ClassFigures } from './ConfusionCard.tsx'
import { orderOf, revealed, rowShares, zoomed, type MatrixOrder, type Window } from './confusion.ts'
import { footHeight, namesBelow, nameFont, widestOf } from './columnNames.ts'
import { chooseCell, type Cell } from './evaluation.ts'
import classes from './Evaluate.module.css'

/** Up to so many classes are named along the sides, and their numbers written. */
const mostNamed = 26
const nameWidth = 84

interface ConfusionMatrixProps {
  figures: ClassFigures
  order: MatrixOrder
  unit: 'count' | 'share'
  cell: Cell | null
}

/** Places in the order that is shown. */
interface Place {
  row: number
  column: number
}

export function ConfusionMatrix({ figures, order, unit, cell }: ConfusionMatrixProps) {
  const { ref, width, height } = useElementSize()
  const canvas = useRef<HTMLCanvasElement>(null)
  const scheme = useComputedColorScheme()
  const { confusion, classes: named } = figures
  const k = named.length
  const whole = useMemo((): Window => ({ row: 0, column: 0, count: k }), [k])
  const [looked, setView] = useState(whole)
  const view = looked.count > k ? whole : looked
  const [place, setPlace] = useState<Place | null>(null)
  const ordered = useMemo(() => orderOf(confusion, k, order), [confusion, k, order])
  const shares = useMemo(() => rowShares(confusion, k), [confusion, k])
  const { count } = view
  const close = count <= mostNamed
  const margin = close ? nameWidth : 0
  const widest = useMemo(() => widestOf(named.map(({ name }) => name)), [named])
  const sideWith = (foot: number): number => Math.max(0, Math.min(width - margin, height - foot))
  const feet = close ? namesBelow(count, widest, sideWith) : null
  const foot = feet ? footHeight[feet] : 0
  const side = sideWith(foot)
  const step = side / count

  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (!canvas.current || !context || side <= 0) return
    const ratio = window.devicePixelRatio
    canvas.current.width = Math.round((side + margin) * ratio)
    canvas.current.height = Math.round((side + foot) * ratio)
    context.scale(ratio, ratio)
    const style = getComputedStyle(canvas.current)
    const colours = Object.fromEntries(
      ['raised', 'panel', 'series-0', 'series-4', 'text', 'dim', 'accent'].map((name) => [
        name,
        style.getPropertyValue(`--td-${name}`),
      ]),
    )
    const colour = (name: string): string => colours[name] ?? ''
    context.font = nameFont(style.fontFamily)
    context.textBaseline = 'middle'
    // Of hundreds of classes a lone mistake must still be seen.
    const size = step > 6 ? step - 1 : Math.max(1.5, step)
    context.globalAlpha = 0.35
    context.fillStyle = colour('raised')
    context.fillRect(margin, 0, side, side)
    const rows = ordered.slice(view.row, view.row + count)
    const columns = ordered.slice(view.column, view.column + count)
    rows.forEach((target, y) =>
      columns.forEach((predicted, x) => {
        const share = shares[target * k + predicted] ?? 0
        if (share === 0) return
        context.globalAlpha = 0.15 + 0.85 * Math.sqrt(share)
        context.fillStyle = colour(target === predicted ? 'series-0' : 'series-4')
        context.fillRect(margin + x * step, y * step, size, size)
        context.globalAlpha = 1
        if (!close || step < 20) return
        // A full colour is bright on dark.
        context.fillStyle = colour(scheme === 'dark' && share > 0.4 ? 'panel' : 'text')
        context.textAlign = 'center'
        const text =
          unit === 'count' ? String(confusion[target * k + predicted]) : `${Math.round(100 * share)}`
        context.fillText(text, margin + (x + 0.5) * step, (y + 0.5) * step, step - 2)
      }),
    )
    context.globalAlpha = 1
    const [row, column] = place ? [place.row - view.row, place.column - view.column] : [-1, -1]
    if (row >= 0 && column >= 0 && row < count && column < count) {
      context.strokeStyle = colour('accent')
      context.lineWidth = 1.5
      context.strokeRect(margin + column * step, row * step, Math.max(3, size), Math.max(3, size))
    }
    if (!close) return
    context.fillStyle = colour('dim')
    rows.forEach((one, at) => {
      context.textAlign = 'right'
      context.fillText(named[one]?.name ?? '', margin - 6, (at + 0.5) * step, margin - 10)
    })
    columns.forEach((one, at) => {
      const [name, x] = [named[one]?.name ?? '', margin + (at + 0.5) * step]
      context.textAlign = feet === 'upright' ? 'right' : 'center'
      if (feet === 'flat') context.fillText(name, x, side + 11)
      if (feet !== 'upright') return
      context.save()
      context.translate(x, side + 5)
      context.rotate(-Math.PI / 2)
      context.fillText(name, 0, 0, foot - 8)
      context.restore()
    })
  }, [
    ordered,
    shares,
    confusion,
    named,
    k,
    unit,
    side,
    step,
    margin,
    foot,
    feet,
    scheme,
    view,
    count,
    close,
    place,
  ])

  const cellOf = (one: Place | null): Cell | null => {
    const [target, predicted] = one ? [ordered[one.row], ordered[one.column]] : []
    return target === undefined || predicted === undefined ? null : { target, predicted }
  }
  const placeAt = (event: { clientX: number; clientY: number }): Place | null => {
    const box = canvas.current?.getBoundingClientRect()
    if (!box) return null
    const row = Math.floor((event.clientY - box.top) / step)
    const column = Math.floor((event.clientX - box.left - margin) / step)
    if (row < 0 || column < 0 || row >= count || column >= count) return null
    return { row: view.row + row, column: view.column + column }
  }
  // React listens to the wheel passively: the page would scroll too.
  useEffect(() => {
    const element = canvas.current
    if (!element) return
    const onWheel = (event: WheelEvent): void => {
      const at = placeAt(event)
      if (!at || k <= 4) return
      event.preventDefault()
      setView(zoomed(view, at, view.count * (event.deltaY < 0 ? 0.8 : 1.25), k))
    }
    element.addEventListener('wheel', onWheel, { passive: false })
    return () => element.removeEventListener('wheel', onWheel)
  })
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = place ?? { row: view.row, column: view.column }
    const move = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key]
    const within = (value: number): number => Math.max(0, Math.min(k - 1, value))
    if (move) {
      const next = { row: within(at.row + move[0]!), column: within(at.column + move[1]!) }
      setPlace(next)
      setView(revealed(view, next))
    } else if (event.key === '+' || event.key === '=') setView(zoomed(view, at, view.count / 1.5, k))
    else if (event.key === '-') setView(zoomed(view, at, view.count * 1.5, k))
    else if (event.key === 'Enter' || event.key === ' ') chooseCell(cellOf(at))
    else if (event.key === 'Escape' && view.count < k) setView(whole)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  const shown = cellOf(place) ?? cell
  return (
    <div className={classes.matrixSide}>
      <div ref={ref} className={classes.matrix}>
        {side > 0 && (
          <canvas
            ref={canvas}
            style={{ width: side + margin, height: side + foot }}
            role="img"
            tabIndex={0}
            aria-label={`Confusion matrix of ${counted(k, 'class', 'classes')}`}
            aria-describedby="confusion-cell"
            onKeyDown={onKeyDown}
            onBlur={() => setPlace(null)}
            onMouseMove={(event: MouseEvent) => setPlace(placeAt(event))}
            onMouseLeave={() => setPlace(null)}
            onClick={(event) => chooseCell(cellOf(placeAt(event)))}
          />
        )}
      </div>
      <p className={classes.hint} id="confusion-cell" role="status" aria-label="Cell">
        {shown ? wordsOf(shown, figures, shares) : 'Rows: truth, columns: answer. Click a cell for samples.'}
        {k > mostNamed &&
          (view.count < k
            ? ` ${view.count} of ${k} classes; Escape shows all.`
            : shown === null && ' The wheel, or + and −, look closer.')}
      </p>
    </div>
  )
}

function wordsOf(
  { target, predicted }: Cell,
  { confusion, classes: named }: ClassFigures,
  shares: readonly number[],
): string {
  const k = named.length
  const at = target * k + predicted
  const [wanted, answer] = [named[target]?.name ?? '', named[predicted]?.name ?? '']
  const what = target === predicted ? `${wanted}, recognised` : `${wanted} taken for ${answer}`
  return `${what}: ${counted(confusion[at] ?? 0, 'sample')}, ${percent(shares[at] ?? 0)} of ${wanted}.`
}
