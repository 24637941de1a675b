/**
 * Workspaces with many runs, for benchmarks of the store and of the page: the same on every machine, and made by
 * SQLite itself, a few million points a second. Points, summaries and levels are what training would have written.
 */
import { defaultTrainConfig, usualLearningRate, type TrainConfig } from '../common/training.ts'
import { templates } from '../common/templates.ts'
import { openDatabase, type Connection } from '../store/database.ts'
import { Store } from '../store/index.ts'
import { Levels } from '../store/levels.ts'

export interface Load {
  runs: number
  /** Metrics that each of them logs, or how many: the usual names first. */
  metrics: number | readonly string[]
  /** Points of each metric, one each step. */
  steps: number
  /** In one run, the middle one, its first metric has one value a hundred times above the others. */
  spike?: boolean
}

export interface Loaded {
  runIds: number[]
  metrics: string[]
  steps: number
  /** Null where none was asked for. */
  spike: Spike | null
}

export interface Spike {
  runId: number
  metric: string
  step: number
  value: number
}

const usualMetrics = [
  'batch/loss',
  'val/loss',
  'val/accuracy',
  'train/loss',
  'train/accuracy',
  'batch/accuracy',
  'step/learning-rate',
  'step/gradient-norm',
  'speed/samples',
  'time/data',
  'time/forward',
  'time/backward',
  'time/update',
  'memory/active',
  'memory/peak',
  'train/macro-f1',
  'val/macro-f1',
  'val/f1/zero',
  'val/f1/one',
  'val/f1/two',
] as const

/** `batch/loss`, ... and then `layer/0021/norm`, `layer/0022/norm`, ... */
export const metricNames = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => usualMetrics[i] ?? `layer/${String(i + 1).padStart(5, '0')}/norm`)

/** Every run a different mix of optimizer, rate, batch size and seed; five seeds make a group. */
function configOf(index: number): TrainConfig {
  const experiment = Math.floor(index / 5)
  const optimizer = (['sgd', 'adam', 'adamw', 'rmsprop'] as const)[experiment % 4] ?? 'sgd'
  return {
    ...defaultTrainConfig,
    optimizer,
    learningRate: usualLearningRate[optimizer] * 10 ** (((experiment * 7) % 21) / 10 - 1),
    batchSize: 16 << (experiment % 5),
    weightDecay: experiment % 3 === 0 ? 0.01 : 0,
    epochs: 5 + (experiment % 6),
    seed: (index % 5) + 1,
  }
}

/** Milliseconds since 1970: when the first run began, and how much later each next one. */
const began = Date.UTC(2026, 0, 5, 9)
const apart = 7 * 60_000

/**
 * Makes a workspace in an empty or absent folder, with one group of runs for each load, the last one newest.
 * @throws UserError as opening a workspace does
 */
export function makeLoadedWorkspace(folder: string, loads: readonly Load[]): Loaded[] {
  const database = openDatabase(folder, 'bench')
  const store = new Store(database)
  const { connection } = database
  try {
    // Nothing is lost that could not be made again.
    connection.pragma('synchronous = OFF')
    connection.pragma('cache_size = -200000')
    const maker = new Maker(connection, store)
    return loads.map((load) => maker.make(load))
  } finally {
    store.close()
  }
}

class Maker {
  readonly #connection: Connection
  readonly #store: Store
  readonly #levels: Levels
  readonly #document
  readonly #statements
  #made = 0

  constructor(connection: Connection, store: Store) {
    this.#connection = connection
    this.#store = store
    this.#levels = new Levels(connection)
    const template = templates()[0]
    if (!template) throw new Error('[bench] there is no template to make runs of')
    this.#document = template.document
    connection.exec('CREATE TEMP TABLE wave (step INTEGER PRIMARY KEY, falls REAL NOT NULL)')
    this.#statements = {
      wave: connection.prepare<[number, number]>(
        `WITH RECURSIVE s(step) AS (SELECT 1 UNION ALL SELECT step + 1 FROM s WHERE step < ?)
         INSERT INTO wave SELECT step, exp(-3.0 * step / ?) FROM s`,
      ),
      date: connection.prepare<[number, number, number]>(
        'UPDATE run SET created_at = ?, ended_at = ? WHERE id = ?',
      ),
      addMetric: connection.prepare<[string]>('INSERT OR IGNORE INTO metric(name) VALUES (?)'),
      findMetric: connection.prepare<[string], { id: number }>('SELECT id FROM metric WHERE name = ?'),
      points: connection.prepare<Record<string, number>>(`
        INSERT INTO point(run_id, metric_id, step, value, epoch, seconds)
        SELECT CAST(@run AS INTEGER), CAST(@metric AS INTEGER), step,
          falls * @height + ((step * 7919 + @phase) % 101) / 1000.0 + @floor, step / @epoch, step / 100.0
        FROM wave`),
      plant: connection.prepare<[number, number, number, string]>(
        `UPDATE point SET value = ? WHERE run_id = ? AND step = ?
           AND metric_id = (SELECT id FROM metric WHERE name = ?)`,
      ),
    }
  }

  make({ runs, metrics, steps, spike = false }: Load): Loaded {
    const names = typeof metrics === 'number' ? metricNames(metrics) : [...metrics]
    this.#connection.exec('DELETE FROM wave')
    this.#statements.wave.run(steps, steps)
    const ids = names.map((name) => this.#metricId(name))
    const runIds: number[] = []
    let planted: Spike | null = null
    for (let from = 0; from < runs; from += 100)
      this.#connection.transaction(() => {
        for (let i = from; i < Math.min(runs, from + 100); i++) {
          const runId = this.#run(steps)
          runIds.push(runId)
          this.#points(runId, ids, steps)
          if (!spike || i !== runs >> 1) continue
          planted = { runId, metric: names[0] ?? '', step: Math.ceil(steps * 0.6543), value: 100 }
          this.#statements.plant.run(planted.value, runId, planted.step, planted.metric)
        }
        for (const runId of runIds.slice(from)) this.#summarise(runId, ids, steps)
      })()
    return { runIds, metrics: names, steps, spike: planted }
  }

  #run(steps: number): number {
    const index = this.#made++
    const config = configOf(index)
    const id = this.#store.runs.create({
      name: `Digits MLP on digits · ${config.optimizer} ${config.learningRate.toPrecision(3)} · seed ${config.seed}`,
      datasetId: 'digits',
      datasetName: 'digits',
      config,
      document: this.#document,
      engine: {
        version: '0.1.0',
        build: 'release',
        instructionSet: 'AVX2',
        bfloat16: false,
        threads: 2,
        oneDNN: null,
        cuda: { available: false, reason: 'made by a benchmark' },
      },
      parameters: 203_530,
      group: `${config.optimizer} ${config.learningRate.toPrecision(3)}`,
    })
    const seconds = 30 + (index % 90)
    const status = index % 50 === 49 ? 'failed' : index % 20 === 19 ? 'stopped' : 'finished'
    const progress = { epochsDone: config.epochs, steps, seconds, samplesPerSecond: 20_000 + (index % 977) }
    this.#store.runs.setProgress(id, { status, ...progress })
    if (index % 10 === 0) this.#store.runs.annotate(id, { tags: ['baseline'], note: 'Made by a benchmark.' })
    const at = began + index * apart
    this.#statements.date.run(at, at + seconds * 1000, id)
    return id
  }

  #metricId(name: string): number {
    this.#statements.addMetric.run(name)
    return this.#statements.findMetric.get(name)?.id ?? 0
  }

  /** Curves that fall, each at a height of its own, with a little noise; all values lie in 0..1.3. */
  #points(runId: number, metricIds: readonly number[], steps: number): void {
    metricIds.forEach((metric, i) => {
      this.#statements.points.run({
        run: runId,
        metric,
        height: 0.5 + ((runId * 31 + i * 17) % 50) / 100,
        phase: (runId * 101 + i) % 101,
        floor: ((runId * 13 + i * 7) % 20) / 100,
        epoch: steps / 5,
      })
    })
  }

  #summarise(runId: number, metricIds: readonly number[], steps: number): void {
    for (const id of metricIds) this.#levels.update(runId, id, 1, steps)
    // Keeps every point, and makes the summaries of them.
    this.#store.metrics.truncate(runId, steps)
  }
}
