/** A sheet to draw a sign on, with a pen that is as thick beside it as those of scanned digits. */
import { Button } from '@mantine/core'
import { useRef, useState, type PointerEvent } from 'react'
import type { InputKind } from '../../main/common/predict/subject.ts'
import { give } from './state.ts'
import classes from './Try.module.css'
import { fitted } from './drawing.ts'

const side = 280
const pen = side / 13

type Stroke = (readonly [x: number, y: number])[]

export function DrawPad({ input }: { input: InputKind & { kind: 'image' } }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  /** The stroke that is being drawn. */
  const current = useRef<Stroke>([])
  const [strokes, setStrokes] = useState<readonly Stroke[]>([])
  const empty = strokes.length === 0
  const ink = input.brightOnDark ? '#fff' : '#000'
  const paper = input.brightOnDark ? '#000' : '#fff'
  const aspect = input.size ? input.size.width / input.size.height : 1

  const at = (event: PointerEvent<HTMLCanvasElement>): [number, number] => {
    const { left, top, width } = event.currentTarget.getBoundingClientRect()
    const scale = side / width
    return [(event.clientX - left) * scale, (event.clientY - top) * scale]
  }
  /** From the last point of the stroke that is drawn to this one. */
  const draw = (stroke: Stroke): void => {
    const context = canvas.current?.getContext('2d')
    const to = stroke.at(-1)
    if (!context || !to) return
    const [x, y] = stroke.at(-2) ?? to
    context.strokeStyle = ink
    context.lineWidth = pen
    context.lineCap = 'round'
    context.lineJoin = 'round'
    context.beginPath()
    context.moveTo(x, y)
    context.lineTo(to[0], to[1] + 0.01)
    context.stroke()
  }
  const tell = (): void => {
    const drawn = canvas.current && fitted(canvas.current, paper, aspect)
    if (!drawn) return give(null)
    const url = drawn.toDataURL('image/png')
    give({ kind: 'image', base64: url.slice(url.indexOf(',') + 1) }, true)
  }
  /** Everything but what was drawn since. */
  const keep = (kept: readonly Stroke[]): void => {
    canvas.current?.getContext('2d')?.clearRect(0, 0, side, side)
    for (const stroke of kept) stroke.forEach((_, at) => draw(stroke.slice(0, at + 1)))
    setStrokes(kept)
    tell()
  }
  return (
    <div className={classes.pad}>
      <canvas
        ref={canvas}
        width={side}
        height={side}
        style={{ background: paper }}
        aria-label="Drawing"
        tabIndex={0}
        onKeyDown={(event) => {
          if (!(event.ctrlKey || event.metaKey) || event.key !== 'z' || event.shiftKey) return
          event.preventDefault()
          event.stopPropagation()
          keep(strokes.slice(0, -1))
        }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId)
          current.current = [at(event)]
          draw(current.current)
        }}
        onPointerMove={(event) => {
          if (event.buttons === 0 || current.current.length === 0) return
          current.current.push(at(event))
          draw(current.current)
        }}
        onPointerUp={() => {
          if (current.current.length === 0) return
          setStrokes([...strokes, current.current])
          current.current = []
          tell()
        }}
      />
      <div className={classes.padFoot}>
        <span className={classes.hint}>
          {empty ? 'Draw with the pointer.' : 'Moved to the middle and scaled as scanned digits are.'}
        </span>
        <Button.Group style={{ flex: 'none' }}>
          <Button
            size="compact-sm"
            variant="default"
            disabled={empty}
            title="Takes the last stroke away (Ctrl+Z on the sheet)"
            onClick={() => keep(strokes.slice(0, -1))}
          >
            Undo
          </Button>
          <Button size="compact-sm" variant="default" disabled={empty} onClick={() => keep([])}>
            Clear
          </Button>
        </Button.Group>
      </div>
    </div>
  )
}
