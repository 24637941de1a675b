/** A sheet to draw a sign on, with a pen that is as thick beside it as those of scanned digits. */
import { Button } from '@mantine/core'
import { useRef, useState, type PointerEvent } from 'react'
import type { InputKind } from '../../main/common/predict/subject.ts'
import { give } from './state.ts'
import classes from './Try.module.css'
import { fitted } from './drawing.ts'

const side = 280
const pen = side / 13

export function DrawPad({ input }: { input: InputKind & { kind: 'image' } }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const last = useRef<readonly [number, number] | null>(null)
  const [empty, setEmpty] = useState(true)
  const ink = input.brightOnDark ? '#fff' : '#000'
  const paper = input.brightOnDark ? '#000' : '#fff'
  const aspect = input.size ? input.size.width / input.size.height : 1

  const at = (event: PointerEvent<HTMLCanvasElement>): [number, number] => {
    const { left, top, width } = event.currentTarget.getBoundingClientRect()
    const scale = side / width
    return [(event.clientX - left) * scale, (event.clientY - top) * scale]
  }
  const draw = (to: readonly [number, number]): void => {
    const context = canvas.current?.getContext('2d')
    if (!context) return
    const [x, y] = last.current ?? to
    context.strokeStyle = ink
    context.lineWidth = pen
    context.lineCap = 'round'
    context.lineJoin = 'round'
    context.beginPath()
    context.moveTo(x, y)
    context.lineTo(to[0], to[1] + 0.01)
    context.stroke()
    last.current = to
  }
  const tell = (): void => {
    const drawn = canvas.current && fitted(canvas.current, paper, aspect)
    if (!drawn) return
    const url = drawn.toDataURL('image/png')
    give({ kind: 'image', base64: url.slice(url.indexOf(',') + 1) }, true)
  }
  const clear = (): void => {
    canvas.current?.getContext('2d')?.clearRect(0, 0, side, side)
    setEmpty(true)
    give(null)
  }
  return (
    <div className={classes.pad}>
      <canvas
        ref={canvas}
        width={side}
        height={side}
        style={{ background: paper }}
        aria-label="Drawing"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId)
          last.current = null
          setEmpty(false)
          draw(at(event))
        }}
        onPointerMove={(event) => {
          if (event.buttons > 0 && last.current) draw(at(event))
        }}
        onPointerUp={() => {
          last.current = null
          tell()
        }}
      />
      <div className={classes.padFoot}>
        <span className={classes.hint}>
          {empty ? 'Draw with the pointer.' : 'Moved to the middle and scaled as scanned digits are.'}
        </span>
        <Button size="compact-sm" variant="default" disabled={empty} onClick={clear} style={{ flex: 'none' }}>
          Clear
        </Button>
      </div>
    </div>
  )
}
