/** Lines beside a list of rows, as a history of branches is drawn: which lane each line takes, where it forks and joins. */

/** What is drawn beside one row; lanes are counted from the left. */
export interface Lanes {
  /** Of its dot; null where the row stands for nothing that is wired. */
  dot: number | null
  /** Whether the dot's own lane comes from above, and goes on below. */
  above: boolean
  below: boolean
  /** Lanes that pass. */
  through: readonly number[]
  /** Lanes that come from above into the dot. */
  joins: readonly number[]
  /** Lanes that begin at the dot. */
  forks: readonly number[]
}

interface Wire {
  /** Rows that it still leads to, the nearest first. */
  to: number[]
  /** The way on from a row to the first that reads it, which keeps its lane. */
  main: boolean
}

/** @param readers rows that read each row's result, each further down; undefined for a row that is not wired */
export function lanesOf(readers: readonly (readonly number[] | undefined)[]): Lanes[] {
  const lanes: (Wire | null)[] = []
  const free = (): number => {
    const found = lanes.indexOf(null)
    return found >= 0 ? found : lanes.push(null) - 1
  }
  return readers.map((own, row) => {
    const active = lanes.flatMap((wire, lane) => (wire ? [{ wire, lane }] : []))
    if (own === undefined)
      return {
        dot: null,
        above: false,
        below: false,
        through: active.map(({ lane }) => lane),
        joins: [],
        forks: [],
      }
    const arriving = active.filter(({ wire }) => wire.to[0] === row)
    for (const { wire } of arriving) wire.to.shift()
    const ending = arriving.filter(({ wire }) => wire.to.length === 0)
    const kept = ending.find(({ wire }) => wire.main) ?? ending[0]
    for (const { lane } of ending) lanes[lane] = null
    const dot = kept?.lane ?? free()
    const through = lanes.flatMap((wire, lane) => (wire && lane !== dot ? [lane] : []))
    const joins = arriving.map(({ lane }) => lane).filter((lane) => lane !== dot)
    const [first, ...others] = [...new Set(own)].sort((a, b) => a - b)
    lanes[dot] = first === undefined ? null : { to: [first], main: true }
    const forks: number[] = []
    if (others.length > 0) {
      const lane = free()
      lanes[lane] = { to: others, main: false }
      forks.push(lane)
    }
    return { dot, above: kept !== undefined, below: first !== undefined, through, joins, forks }
  })
}
