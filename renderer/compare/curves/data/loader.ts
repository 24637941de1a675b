/**
 * Holds what was read of the curves on the screen and asks for what is missing: first a coarse reading of everything, so
 * that there is something to see at once, then as many buckets as there are pixels, then the part that is zoomed into.
 * One question at a time; what is wanted may change meanwhile.
 */
import { unpackColumns, type PackedSeries, type SeriesColumns } from '../../../../main/common/packedSeries.ts'

/** A reading of a run from one step to another. */
export interface Reading {
  columns: SeriesColumns
  /** Points in the store in that range. */
  total: number
  /** Most buckets that were asked for. */
  buckets: number
  revision: number
}

/** Replaced, never changed: who sees the same one has nothing new to draw. */
export interface Held {
  runId: number
  metric: string
  /** Null where the run has no point of the metric. */
  whole: Reading | null
  /** More of a part, between steps. */
  part: (Reading & { from: number; to: number }) | null
}

export interface Subject {
  runId: number
  metric: string
  /** Grows when the run has more points. */
  revision: number
}

export interface Wanted {
  subjects: readonly Subject[]
  /** Pixels of the plot. */
  buckets: number
  /** The steps of what is held that the screen shows; null where all of it is. */
  stepsShown: (held: Held) => readonly [from: number, to: number] | null
}

export interface Query {
  runIds: number[]
  metrics: string[]
  maxBuckets: number
  fromStep: number | null
  toStep: number | null
}

export const keyOf = ({ runId, metric }: { runId: number; metric: string }): string => `${runId}/${metric}`

/** Buckets of the first reading of many curves: wide ones, from a coarse level of the store. */
const coarse = 200
/** Up to so many curves are read in full at once. */
const fewCurves = 8
/** Runs in one question: the page draws what has come before the rest is read. */
const atOnce = { coarse: 100, full: 10 }
/** A part is read with so much of its width on either side, for panning. */
const beside = 0.5
const mostBuckets = 5000
/** Milliseconds between two drawings while more is read: each paints all curves anew. */
const oftenEnough = 250

interface Missing extends Query {
  /** Wanted for each run of the query. */
  revision: (runId: number) => number
}

export class CurveLoader {
  readonly #ask: (query: Query) => Promise<PackedSeries[]>
  readonly #changed: () => void
  readonly #arrived: () => void
  readonly #complain: (error: unknown) => void
  #held: ReadonlyMap<string, Held> = new Map()
  #wanted: Wanted = { subjects: [], buckets: 0, stepsShown: () => null }
  #asking = false
  #stopped = false

  /**
   * @param arrived after each answer, to make ready what will be drawn
   * @param changed when what is held should be drawn: at once while nothing is on the screen, then now and then
   */
  constructor(
    ask: (query: Query) => Promise<PackedSeries[]>,
    arrived: () => void,
    changed: () => void,
    complain: (error: unknown) => void,
  ) {
    this.#ask = ask
    this.#arrived = arrived
    this.#changed = changed
    this.#complain = complain
  }

  /** What is held, by `keyOf`; another map after every change. */
  get held(): ReadonlyMap<string, Held> {
    return this.#held
  }

  /** Whether something that is wanted is still being read. */
  get busy(): boolean {
    return this.#asking
  }

  want(wanted: Wanted): void {
    this.#wanted = wanted
    const keys = new Set(wanted.subjects.map(keyOf))
    if ([...this.#held.keys()].some((key) => !keys.has(key)))
      this.#held = new Map([...this.#held].filter(([key]) => keys.has(key)))
    if (!this.#asking) void this.#read()
  }

  stop(): void {
    this.#stopped = true
  }

  async #read(): Promise<void> {
    let drawnAt = performance.now()
    for (let query = this.#next(); query !== null; query = this.#next()) {
      if (!this.#asking) {
        this.#asking = true
        this.#changed()
      }
      const { revision, ...asked } = query
      try {
        const found = await this.#ask(asked)
        if (this.#stopped) return
        const [runId = 0] = asked.runIds
        const first = !this.#held.has(keyOf({ runId, metric: asked.metrics[0] ?? '' }))
        this.#keep(asked, revision, found)
        this.#arrived()
        if (first || performance.now() - drawnAt > oftenEnough) {
          this.#changed()
          drawnAt = performance.now()
        }
      } catch (error) {
        if (this.#stopped) return
        this.#complain(error)
        // The same question would only be refused again; what is wanted next starts anew.
        break
      }
    }
    if (!this.#asking) return
    this.#asking = false
    this.#changed()
  }

  #next(): Missing | null {
    return this.#stopped ? null : missing(this.#wanted, this.#held)
  }

  #keep(query: Query, revision: (runId: number) => number, found: readonly PackedSeries[]): void {
    const byKey = new Map(found.map((one) => [keyOf(one), one]))
    const held = new Map(this.#held)
    for (const runId of query.runIds)
      for (const metric of query.metrics) {
        const key = keyOf({ runId, metric })
        const packed = byKey.get(key)
        const reading: Reading = {
          columns: packed ? unpackColumns(packed) : none,
          total: packed?.total ?? 0,
          buckets: query.maxBuckets,
          revision: revision(runId),
        }
        const before = held.get(key)
        const { fromStep: from, toStep: to } = query
        if (from === null || to === null)
          held.set(key, { runId, metric, whole: reading, part: before?.part ?? null })
        else if (before) held.set(key, { ...before, part: { ...reading, from, to } })
      }
    this.#held = held
  }
}

const none: SeriesColumns = unpackColumns({ columns: '' })

/** The next question, the most urgent first; null when everything that is wanted is held. */
export function missing(wanted: Wanted, held: ReadonlyMap<string, Held>): Missing | null {
  if (wanted.buckets <= 0) return null
  const maxBuckets = Math.min(mostBuckets, wanted.buckets)
  const lacking = wanted.subjects.filter((one) => !held.get(keyOf(one))?.whole)
  const revisions = new Map(wanted.subjects.map(({ runId, revision }) => [runId, revision]))
  const revision = (runId: number): number => revisions.get(runId) ?? 0
  const whole = { fromStep: null, toStep: null, revision }
  const [first] = lacking
  if (first) {
    const quick = lacking.length > fewCurves && maxBuckets > coarse
    const runIds = runsOf(lacking, first.metric, quick ? atOnce.coarse : atOnce.full)
    return { ...whole, runIds, metrics: [first.metric], maxBuckets: quick ? coarse : maxBuckets }
  }
  const outdated = wanted.subjects.filter((one) => {
    const reading = held.get(keyOf(one))?.whole
    if (!reading) return false
    const tooFew = reading.buckets < maxBuckets && reading.columns.step.length < reading.total
    return tooFew || reading.revision < one.revision
  })
  const [stale] = outdated
  if (stale)
    return {
      ...whole,
      runIds: runsOf(outdated, stale.metric, atOnce.full),
      metrics: [stale.metric],
      maxBuckets,
    }
  return missingPart(wanted, held, maxBuckets, revision)
}

function missingPart(
  wanted: Wanted,
  held: ReadonlyMap<string, Held>,
  maxBuckets: number,
  revision: (runId: number) => number,
): Missing | null {
  const partBuckets = Math.min(mostBuckets, Math.ceil(maxBuckets * (1 + 2 * beside)))
  let query: Missing | null = null
  for (const subject of wanted.subjects) {
    const one = held.get(keyOf(subject))
    if (!one?.whole || one.whole.columns.step.length === one.whole.total) continue
    const shown = wanted.stepsShown(one)
    if (shown === null || covers(one, shown, subject.revision)) continue
    const [from, to] = widened(one.whole.columns, shown)
    if (query === null)
      query = {
        runIds: [],
        metrics: [subject.metric],
        maxBuckets: partBuckets,
        fromStep: from,
        toStep: to,
        revision,
      }
    if (query.metrics[0] !== subject.metric || query.fromStep !== from || query.toStep !== to) continue
    query.runIds.push(subject.runId)
    if (query.runIds.length === atOnce.full) break
  }
  return query
}

/** Whether what is held shows these steps as finely as they can be drawn. */
function covers({ whole, part }: Held, [from, to]: readonly [number, number], revision: number): boolean {
  if (!whole) return true
  const { step, lastStep } = whole.columns
  const all = (lastStep[lastStep.length - 1] ?? 0) - (step[0] ?? 0)
  // Next to nothing would be gained.
  if (to - from > 0.6 * all) return true
  if (!part || part.from > from || part.to < to) return false
  if (part.revision < revision && part.to >= (lastStep[lastStep.length - 1] ?? 0)) return false
  const fine = part.columns.step.length === part.total
  return fine || part.to - part.from <= (to - from) * (1 + 2 * beside) * 1.5
}

/** With what lies beside them, and to the ends of buckets of the whole. */
function widened({ step, lastStep }: SeriesColumns, [from, to]: readonly [number, number]): [number, number] {
  const more = (to - from) * beside
  let low = 0
  while (low + 1 < step.length && (step[low + 1] as number) <= from - more) low++
  let high = step.length - 1
  while (high > 0 && (lastStep[high - 1] as number) >= to + more) high--
  return [step[low] ?? 0, lastStep[high] ?? 0]
}

const runsOf = (subjects: readonly Subject[], metric: string, most: number): number[] =>
  subjects
    .filter((one) => one.metric === metric)
    .slice(0, most)
    .map(({ runId }) => runId)
