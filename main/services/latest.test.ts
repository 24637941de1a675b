import { expect, it } from 'vitest'
import { Latest } from './latest.ts'

it('gives the value now, then the newest after changes', async () => {
  const latest = new Latest(1)
  const stream = latest.watch()
  expect((await stream.next()).value).toBe(1)
  latest.set(2)
  latest.set(3)
  expect((await stream.next()).value).toBe(3)
})

it('wakes a waiting reader, and every reader', async () => {
  const latest = new Latest('a')
  const streams = [latest.watch(), latest.watch()]
  for (const stream of streams) await stream.next()
  const waiting = streams.map((stream) => stream.next())
  latest.set('b')
  expect((await Promise.all(waiting)).map((result) => result.value)).toEqual(['b', 'b'])
})

it('ends when its reader goes', async () => {
  const abort = new AbortController()
  const stream = new Latest(1).watch(abort.signal)
  await stream.next()
  const waiting = stream.next()
  abort.abort()
  expect((await waiting).done).toBe(true)
})
