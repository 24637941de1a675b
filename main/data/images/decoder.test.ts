import { execFileSync } from 'node:child_process'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { prepareImage as prepareHere } from './codec.ts'
import { lookAtImage, prepareImage, toDataUrl } from './decoder.ts'
import { readFrames, writeFrame, type Frame } from './frames.ts'
import type { Preparation } from './sizing.ts'
import { PassThrough } from 'node:stream'

const size = { width: 3, height: 2, channels: 3 as const }
const preparation: Preparation = {
  image: { sizing: 'resize', ...size, longestSide: 96, mostPadding: 0 },
  buckets: [],
}
const png = sharp({ create: { width: 6, height: 4, channels: 3, background: '#204080' } })
  .png()
  .toBuffer()

describe('the decoder process', () => {
  it('gives what the codec gives', async () => {
    const bytes = await png
    const [there, here] = [await prepareImage(bytes, preparation), await prepareHere(bytes, preparation)]
    expect([...there.input]).toEqual([...here.input])
    expect(there.original).toEqual({ width: 6, height: 4 })
    expect(await lookAtImage(bytes)).toMatchObject({ width: 6, height: 4, grey: false })
    expect(await toDataUrl(there.input, size)).toMatch(/^data:image\/png;base64,/)
  })

  it('passes a refusal on in the same words', async () => {
    await expect(prepareImage(Buffer.from('no picture'), preparation)).rejects.toThrow(
      'not a PNG, JPEG, WebP, GIF or TIFF, whatever its name says',
    )
  })

  it('is started again when it dies, and loses no picture that was under way', async () => {
    const bytes = await png
    await prepareImage(bytes, preparation)
    const under = Array.from({ length: 20 }, () => prepareImage(bytes, preparation))
    process.kill(childOf(process.pid), 'SIGKILL')
    for (const { input } of await Promise.all(under)) expect(input).toHaveLength(18)
  })
})

/** The one child of a process that runs the decoder. */
function childOf(pid: number): number {
  const rows = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(pid)], { encoding: 'utf8' }).split(
    '\n',
  )
  const row = rows.find((line) => line.includes('decoderProcess'))
  if (!row) throw new Error(`no decoder among ${rows.join(' | ')}`)
  return Number.parseInt(row, 10)
}

it('frames survive being cut anywhere', () => {
  const whole: Buffer[] = []
  const recorder = new PassThrough()
  recorder.on('data', (part: Buffer) => whole.push(part))
  writeFrame(recorder, { id: 1, text: 'ü' }, new Uint8Array([1, 2, 3]))
  writeFrame(recorder, { id: 2 }, new Uint8Array())
  const stream = Buffer.concat(whole)
  for (let cut = 0; cut <= stream.length; cut++) {
    const frames: Frame[] = []
    const pipe = new PassThrough()
    readFrames(pipe, (frame) => frames.push(frame))
    pipe.emit('data', stream.subarray(0, cut))
    pipe.emit('data', stream.subarray(cut))
    expect(frames.map((f) => f.head)).toEqual([{ id: 1, text: 'ü' }, { id: 2 }])
    expect([...(frames[0]?.bytes ?? [])]).toEqual([1, 2, 3])
  }
})
