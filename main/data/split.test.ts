import { describe, expect, test } from 'vitest'
import { defaultSplit } from '../common/data/options.ts'
import type { Split } from '../common/data/dataset.ts'
import type { SplitOptions } from '../common/data/options.ts'
import { digestNow, position } from './digest.ts'
import { refusal } from './fixtures.ts'
import { createPace } from './pace.ts'
import { orderRows } from './split.ts'
import type { Row, Shares } from './split.ts'

const pace = createPace()

/** Items by name; equal names are equal content. */
const rowOf = (name: string, part: Partial<Row> = {}): Row => ({
  classIndex: 0,
  position: position(digestNow(name)),
  split: null,
  ...part,
})
const named = (count: number, part: (index: number) => Partial<Row> = () => ({}), seed = ''): Row[] =>
  Array.from({ length: count }, (_, index) => rowOf(`${seed}${index}`, part(index)))

const shares = (validationShare: number, split: Partial<SplitOptions> = {}): Shares => ({
  validationShare,
  split: { ...defaultSplit, ...split },
})

async function sides(rows: readonly Row[], how: Shares): Promise<Split[]> {
  const order = await orderRows(rows, how, pace)
  const found: Split[] = Array.from({ length: rows.length })
  for (const side of ['train', 'validation', 'test'] as const)
    for (const index of order[side]) {
      expect(found[index]).toBeUndefined()
      found[index] = side
    }
  expect(found).not.toContain(undefined)
  return found
}

const part = (found: readonly Split[], side: Split): number =>
  found.filter((one) => one === side).length / found.length

describe('by item', () => {
  test.each([
    [0.2, 0],
    [0.1, 0.1],
    [0.5, 0.25],
  ])('holds out %d for validation and %d for the test', async (validation, testShare) => {
    const found = await sides(named(20_000), shares(validation, { testShare }))
    expect(Math.abs(part(found, 'validation') - validation)).toBeLessThan(0.015)
    expect(Math.abs(part(found, 'test') - testShare)).toBeLessThan(0.015)
  })

  test('adding rows, anywhere, moves none and keeps the order', async () => {
    const how = shares(0.3, { testShare: 0.2 })
    const before = named(500)
    const after = [...named(200, undefined, 'new'), ...before.toReversed(), ...named(90, undefined, 'late')]
    const [first, second] = [await orderRows(before, how, pace), await orderRows(after, how, pace)]
    for (const side of ['train', 'validation', 'test'] as const) {
      const known = second[side].map((index) => after[index]!).filter((row) => before.includes(row))
      expect(known).toEqual(first[side].map((index) => before[index]!))
    }
  })

  test('equal content is on one side', async () => {
    const found = await sides([...named(300), ...named(300), ...named(300)], shares(0.4, { testShare: 0.3 }))
    expect(found.slice(300, 600)).toEqual(found.slice(0, 300))
    expect(found.slice(600)).toEqual(found.slice(0, 300))
  })
})

describe('stratified', () => {
  test.each([0, 0.15])(
    'every class has the same share in each part, with a test of %d',
    async (testShare) => {
      const sizes = [1000, 300, 40, 7]
      const rows = sizes.flatMap((size, classIndex) => named(size, () => ({ classIndex }), `${classIndex}/`))
      const found = await sides(rows, shares(0.2, { by: 'stratified', testShare }))
      for (const [classIndex, size] of sizes.entries()) {
        const own = found.filter((_, index) => rows[index]!.classIndex === classIndex)
        expect(own.filter((side) => side === 'validation')).toHaveLength(Math.round(0.2 * size))
        expect(own.filter((side) => side === 'test')).toHaveLength(Math.round(testShare * size))
      }
    },
  )

  test('equal content is on one side, and every class trains', async () => {
    for (const validation of [0.2, 0.5])
      for (const copies of [1, 2, 3, 7]) {
        const rows = [
          ...Array.from({ length: copies }, () => rowOf('same')),
          ...named(30, (index) => ({ classIndex: 1 + (index % 3) })),
          ...named(30, (index) => ({ classIndex: 1 + (index % 3) })),
        ]
        const found = await sides(rows, shares(validation, { by: 'stratified', testShare: 0.3 }))
        expect(new Set(found.slice(0, copies)).size).toBe(1)
        expect(found.slice(copies, copies + 30)).toEqual(found.slice(copies + 30))
        for (const classIndex of [0, 1, 2, 3])
          expect(
            found.some((side, index) => side === 'train' && rows[index]!.classIndex === classIndex),
          ).toBe(true)
      }
  })

  test('says that adding data may move some', async () => {
    const rows = [...named(50), rowOf('lone', { classIndex: 1 })]
    const { notes } = await orderRows(rows, shares(0.2, { by: 'stratified' }), pace)
    expect(notes.join(' ')).toMatch(/may change parts.*1 class is too small/)
  })
})

describe('by group', () => {
  const inGroups = (index: number): Partial<Row> => ({ group: `patient ${index % 211}` })
  const how = shares(0.25, { by: 'group', groupColumn: 'patient', testShare: 0.25 })

  test('no group is in two parts, and the shares are of groups', async () => {
    const rows = named(5000, inGroups)
    const found = await sides(rows, how)
    const parts = new Map<string, Set<Split>>()
    for (const [index, row] of rows.entries()) {
      const seen = parts.get(row.group!) ?? new Set()
      parts.set(row.group!, seen.add(found[index]!))
    }
    expect(parts.size).toBe(211)
    for (const seen of parts.values()) expect(seen.size).toBe(1)
    for (const side of ['validation', 'test'] as const)
      expect(Math.abs(part(found, side) - 0.25)).toBeLessThan(0.1)
  })

  test('adding rows and groups moves none', async () => {
    const before = named(1000, inGroups)
    const more = named(700, (index) => ({ group: `patient ${index % 400}` }), 'new')
    expect((await sides([...before, ...more], how)).slice(0, 1000)).toEqual(await sides(before, how))
  })

  test('a sample without a group stands alone', async () => {
    const rows = named(400, (index) => (index % 2 ? inGroups(index) : { group: null }))
    const { notes } = await orderRows(rows, how, pace)
    expect(notes).toContain('200 samples have nothing in "patient": each stands alone.')
    const alone = (await sides(rows, how)).filter((_, index) => index % 2 === 0)
    expect(new Set(alone).size).toBe(3)
  })

  test('is refused where there are no groups', async () => {
    expect(await refusal(orderRows(named(40), how, pace))).toMatchObject({ code: 'data/no-groups' })
  })
})

describe("the source's own parts", () => {
  const parts: Split[] = ['train', 'validation', 'test']
  const rows = named(300, (index) => ({ split: parts[index % 3]! }))

  test('are kept, unless they are not wanted', async () => {
    expect(await sides(rows, shares(0.2))).toEqual(rows.map((row) => row.split))
    expect(await sides(rows, shares(0.2, { given: false }))).toEqual(await sides(named(300), shares(0.2)))
  })

  test('stand beside rows that have none', async () => {
    const mixed = rows.map((row, index) => (index % 5 ? row : { ...row, split: null }))
    const found = await sides(mixed, shares(0.2))
    for (const [index, row] of mixed.entries()) if (row.split) expect(found[index]).toBe(row.split)
    expect(new Set(found.filter((_, index) => index % 5 === 0))).toEqual(new Set(['train', 'validation']))
  })
})
