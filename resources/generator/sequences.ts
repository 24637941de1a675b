/** Walks around a circle of five letters, one or two steps up or down: every class uses every letter alike. */
import { Random } from './random.ts'

const letters = 'abcde'
const walks = { 'one up': 1, 'one down': -1, 'two up': 2, 'two down': -2 } as const
export const walkNames = Object.keys(walks) as (keyof typeof walks)[]

export const walkLengths = { least: 5, most: 60 }
/** Share of the letters that are replaced by any letter; the walk goes on behind them. */
const slips = 0.15

export interface WalkRow {
  walk: string
  text: string
}

function draw(step: number, random: Random): string {
  const length = random.whole(walkLengths.least, walkLengths.most)
  let at = random.whole(0, letters.length - 1)
  let text = ''
  for (let index = 0; index < length; index += 1) {
    text += random.chance(slips) ? random.pick([...letters]) : letters[at]!
    at = (at + step + letters.length) % letters.length
  }
  return text
}

/** `count` different walks of each kind, mixed. */
export function walkRows(count: number, seed: number): WalkRow[] {
  const random = new Random(seed)
  const rows: WalkRow[] = []
  const seen = new Set<string>()
  for (const walk of walkNames)
    for (let made = 0; made < count;) {
      const text = draw(walks[walk], random)
      if (seen.has(text)) continue
      seen.add(text)
      rows.push({ walk, text })
      made += 1
    }
  return random.shuffle(rows)
}
