import { expect, test } from 'vitest'
import { lanesOf, type Lanes } from './lanes.ts'

/** A row as text: `*` a dot, `|` a line that passes, `/` one that ends in the dot, `\` one that begins there. */
function draw({ dot, through, joins, forks }: Lanes): string {
  const width = 1 + Math.max(-1, dot ?? -1, ...through, ...joins, ...forks)
  return Array.from({ length: width }, (_, lane) => {
    if (lane === dot) return '*'
    if (forks.includes(lane)) return '\\'
    if (joins.includes(lane)) return through.includes(lane) ? '+' : '/'
    return through.includes(lane) ? '|' : ' '
  }).join('')
}
const drawn = (readers: (readonly number[] | undefined)[]): string[] => lanesOf(readers).map(draw)

test('a chain is one line', () => {
  expect(drawn([[1], [2], []])).toEqual(['*', '*', '*'])
})

test('a fork and its join: the chain stays straight, the way around runs beside it', () => {
  expect(drawn([[1, 3], [2], [3], []])).toEqual(['*\\', '*|', '*|', '*/'])
})

test('one result read three times', () => {
  expect(drawn([[1, 2, 3], [3], [3], []])).toEqual(['*\\', '*|', '|+*', '*//'])
})

test('two sources that meet', () => {
  expect(drawn([[2], [2], []])).toEqual(['*', '|*', '*/'])
})

test('the head of something open has no dot; lines pass it', () => {
  expect(drawn([[2], undefined, []])).toEqual(['*', '|', '*'])
})

test('a lane is free again once its line has ended', () => {
  expect(drawn([[1, 2], [2], [3, 4], [4], []])).toEqual(['*\\', '*|', '*\\', '*|', '*/'])
})
