import { expect, test } from 'vitest'
import { createPace } from './pace.ts'
import { inOrder } from './parallel.ts'

test('yields to the event loop in a long loop', async () => {
  const pace = createPace()
  let turns = 0
  let running = true
  const tick = (): void => {
    turns += 1
    if (running) setImmediate(tick)
  }
  setImmediate(tick)
  const end = performance.now() + 100
  while (performance.now() < end) await pace.rest()
  running = false
  expect(turns).toBeGreaterThan(2)
})

test('stops where the caller aborts', () => {
  const abort = new AbortController()
  const pace = createPace(abort.signal)
  abort.abort(new Error('enough'))
  expect(() => pace.rest()).toThrow('enough')
})

test('reports the first and the last at once, the others throttled', () => {
  const seen: number[] = []
  const pace = createPace(null, ({ done }) => seen.push(done))
  for (let done = 1; done <= 1000; done += 1) pace.report(done, 1000, 'counting')
  expect(seen[0]).toBe(1)
  expect(seen.at(-1)).toBe(1000)
  expect(seen.length).toBeLessThan(100)
})

test('works on a few at a time, keeps the order, and ends what it began', async () => {
  let active = 0
  let most = 0
  const work = async (item: number): Promise<number> => {
    active += 1
    most = Math.max(most, active)
    for (let turn = 0; turn < 5 - (item % 5); turn += 1) await new Promise((resolve) => setImmediate(resolve))
    active -= 1
    if (item === 13) throw new Error('thirteen')
    return item
  }
  const seen: number[] = []
  for await (const item of inOrder([...Array(12).keys()], 3, work)) seen.push(item)
  expect(seen).toEqual([...Array(12).keys()])
  expect(most).toBe(3)
  const failing = async (): Promise<void> => {
    for await (const item of inOrder([11, 12, 13, 14, 15], 3, work)) seen.push(item)
  }
  await expect(failing()).rejects.toThrow('thirteen')
  expect(active).toBe(0)
})
