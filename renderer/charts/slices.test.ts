import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Slices } from './slices.ts'

let frames: ((now: number) => void)[] = []
/** Runs what was asked for in the next frame, which began so many milliseconds ago. */
const frame = (ago = 0): void => frames.splice(0).forEach((run) => run(performance.now() - ago))

beforeEach(() => {
  frames = []
  vi.stubGlobal('requestAnimationFrame', (run: (now: number) => void) => frames.push(run))
  vi.stubGlobal('cancelAnimationFrame', () => void (frames = []))
})
afterEach(() => vi.unstubAllGlobals())

function* pieces(done: number[], count: number, each: () => void = () => {}): Generator<number> {
  for (let i = 0; i < count; i++) {
    each()
    done.push(i)
    yield 10
  }
}

it('no frame paints more than it may, and the end is told once', () => {
  const done: number[] = []
  const end = vi.fn()
  const slices = new Slices(30)
  slices.begin(pieces(done, 5), end)
  expect(done).toEqual([])
  frame()
  expect(done).toHaveLength(3)
  expect(slices.busy).toBe(true)
  frame()
  frame()
  expect(done).toHaveLength(5)
  expect(end).toHaveBeenCalledTimes(1)
  expect(slices.busy).toBe(false)
})

it('slow pieces are painted one in a frame, in a frame that is late too', () => {
  const done: number[] = []
  const slow = (): void => {
    for (const begun = performance.now(); performance.now() - begun < 9;);
  }
  new Slices(1000).begin(pieces(done, 3, slow), () => {})
  frame()
  expect(done).toHaveLength(1)
  frame(200)
  expect(done).toHaveLength(2)
})

it('what is begun anew takes the place of what was painted, and what is stopped paints no more', () => {
  const [old, fresh]: [number[], number[]] = [[], []]
  const slices = new Slices(10)
  slices.begin(pieces(old, 9), () => {})
  frame()
  slices.begin(pieces(fresh, 9), () => {})
  frame()
  expect([old, fresh]).toEqual([[0], [0]])
  slices.stop()
  frame()
  expect(fresh).toEqual([0])
})
