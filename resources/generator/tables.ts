/** Two tables: homes with a price, and flowers with a species. Some cells are empty, as in life. */
import { Random } from './random.ts'

const districts = { centre: 1.45, harbour: 1.25, hillside: 1.1, station: 0.9, outskirts: 0.7 } as const
const conditions = { new: 1.15, good: 1, worn: 0.82 } as const

/** A CSV of homes. The price is a product of what is known, so a straight line misses some of it. */
export function houses(count: number, seed: number): string {
  const random = new Random(seed)
  const rows = Array.from({ length: count }, () => {
    const district = random.pick(Object.keys(districts) as (keyof typeof districts)[])
    const condition = random.pick(Object.keys(conditions) as (keyof typeof conditions)[])
    const area = Math.round(random.between(32, 190))
    const rooms = Math.max(1, Math.round(area / 28 + random.bell(0.7)))
    const year = condition === 'new' ? random.whole(2010, 2024) : random.whole(1900, 2009)
    const garden = random.chance(district === 'centre' ? 0.15 : 0.55)
    const walk = Math.round(random.between(2, 35))
    const age = (2024 - year) / 124
    const each = 2400 * districts[district] * conditions[condition] * (1 - 0.25 * age) * (1 - 0.006 * walk)
    const price = (area * each + (garden ? 25_000 : 0) + 4000 * rooms) * (1 + random.bell(0.05))
    const cells = [
      area,
      rooms,
      random.chance(0.05) ? '' : year,
      walk,
      district,
      random.chance(0.03) ? '' : condition,
      garden ? 'yes' : 'no',
      Math.round(price / 100) * 100,
    ]
    return cells.join(',')
  })
  return ['area,rooms,year,minutes to station,district,condition,garden,price', ...rows, ''].join('\n')
}

const species = {
  marsh: { petals: [32, 9], width: [11, 2.5], stem: [240, 60], soils: ['wet', 'wet', 'wet', 'loam'] },
  meadow: { petals: [38, 9], width: [15, 2.5], stem: [300, 70], soils: ['loam', 'loam', 'wet', 'sand'] },
  dune: { petals: [30, 8], width: [15, 3], stem: [180, 50], soils: ['sand', 'sand', 'loam', 'sand'] },
} as const

/** A CSV of flowers measured in millimetres, the species last. */
export function flowers(each: number, seed: number): string {
  const random = new Random(seed)
  const around = ([middle, spread]: readonly [number, number], digits: number): string =>
    Math.max(1, middle + random.bell(spread)).toFixed(digits)
  const rows = (Object.keys(species) as (keyof typeof species)[]).flatMap((name) =>
    Array.from({ length: each }, () => {
      const { petals, width, stem, soils } = species[name]
      const cells = [
        around(petals, 1),
        around(width, 1),
        around(stem, 0),
        random.pick(soils),
        random.chance(0.04) ? '' : random.whole(name === 'dune' ? 6 : 3, name === 'marsh' ? 8 : 12),
        name,
      ]
      return cells.join(',')
    }),
  )
  return ['petal length,petal width,stem,soil,leaves,species', ...random.shuffle(rows), ''].join('\n')
}
