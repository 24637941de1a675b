/** What probes measured: written with the metrics of a flush, read back thinned to the columns of a heat map. */
import { z } from 'zod'
import {
  figureIndex,
  figures,
  probedLayerSchema,
  type Figure,
  type HealthHistory,
  type HealthQuery,
  type Histogram,
  type HistogramQuery,
  type Part,
  type ProbedLayer,
} from '../common/health/figures.ts'
import { healthyMiddle } from '../common/health/band.ts'
import type { Connection } from './database.ts'

export interface ProbeRow {
  step: number
  epoch: number
  seconds: number
  /** `figures.length` for each layer; NaN where there is nothing to say. */
  figures: Float32Array
  histograms: readonly { nodeId: string; part: Part; histogram: Histogram }[]
}

interface Stored {
  step: number
  epoch: number
  seconds: number
  figures: Buffer
}

export class Health {
  readonly #statements

  constructor(connection: Connection) {
    this.#statements = {
      setLayers: connection.prepare<[number, string]>(
        'INSERT OR REPLACE INTO probed_layers(run_id, layers) VALUES (?, ?)',
      ),
      layers: connection.prepare<[number], { layers: string }>(
        'SELECT layers FROM probed_layers WHERE run_id = ?',
      ),
      add: connection.prepare<[number, number, number, number, Buffer]>(
        'INSERT OR REPLACE INTO probe(run_id, step, epoch, seconds, figures) VALUES (?, ?, ?, ?, ?)',
      ),
      addHistogram: connection.prepare<
        [number, string, string, number, number, number, number, number, number, Buffer]
      >(`
        INSERT OR REPLACE INTO histogram(run_id, node_id, part, step, low, high, below, above, not_finite, counts)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
      rows: connection.prepare<[number, number, number], Stored>(
        'SELECT step, epoch, seconds, figures FROM probe WHERE run_id = ? AND step BETWEEN ? AND ? ORDER BY step',
      ),
      last: connection.prepare<[number], Stored>(
        'SELECT step, epoch, seconds, figures FROM probe WHERE run_id = ? ORDER BY step DESC LIMIT 1',
      ),
      histogramSteps: connection.prepare<[number, string, string], { step: number }>(
        'SELECT step FROM histogram WHERE run_id = ? AND node_id = ? AND part = ? ORDER BY step',
      ),
      histogram: connection.prepare<
        [number, string, string, number],
        Omit<Histogram, 'counts'> & { counts: Buffer }
      >(`
        SELECT step, low, high, below, above, not_finite AS notFinite, counts FROM histogram
        WHERE run_id = ? AND node_id = ? AND part = ? AND step = ?`),
      forgetProbes: connection.prepare<[number, number]>('DELETE FROM probe WHERE run_id = ? AND step > ?'),
      forgetHistograms: connection.prepare<[number, number]>(
        'DELETE FROM histogram WHERE run_id = ? AND step > ?',
      ),
    }
  }

  /** What the rows of a run's probes are of; before its first probe. */
  setLayers(runId: number, layers: readonly ProbedLayer[]): void {
    this.#statements.setLayers.run(runId, JSON.stringify(layers))
  }

  /** Call inside a transaction. */
  append(runId: number, probes: readonly ProbeRow[]): void {
    for (const { step, epoch, seconds, figures, histograms } of probes) {
      const bytes = Buffer.from(figures.buffer, figures.byteOffset, figures.byteLength)
      this.#statements.add.run(runId, step, epoch, seconds, bytes)
      for (const { nodeId, part, histogram } of histograms) {
        const { low, high, below, above, notFinite } = histogram
        const counts = Buffer.from(Uint32Array.from(histogram.counts).buffer)
        this.#statements.addHistogram.run(
          runId,
          nodeId,
          part,
          histogram.step,
          low,
          high,
          below,
          above,
          notFinite,
          counts,
        )
      }
    }
  }

  /** Probes beyond a step are gone: the run goes on from there. Call inside a transaction. */
  forgetAfter(runId: number, step: number): void {
    this.#statements.forgetProbes.run(runId, step)
    this.#statements.forgetHistograms.run(runId, step)
  }

  /** Empty for a run that was never probed. */
  layers(runId: number): ProbedLayer[] {
    const stored = this.#statements.layers.get(runId)?.layers
    return stored === undefined ? [] : z.array(probedLayerSchema).parse(JSON.parse(stored))
  }

  /** Empty for a run that was never probed. */
  history({ runId, figures: asked, maxColumns, fromStep, toStep }: HealthQuery): HealthHistory {
    const layers = this.layers(runId)
    const to = toStep ?? Number.MAX_SAFE_INTEGER
    const rows = this.#statements.rows.all(runId, fromStep ?? 0, to)
    const groups = group(rows, maxColumns)
    const ends = groups.map((members) => members.at(-1) as Stored)
    const decoded = groups.map((members) => members.map(({ figures }) => floats(figures)))
    const last = this.#statements.last.get(runId)
    return {
      layers,
      total: rows.length,
      steps: ends.map(({ step }) => step),
      epochs: ends.map(({ epoch }) => epoch),
      seconds: ends.map(({ seconds }) => seconds),
      rows: Object.fromEntries(
        asked.map((figure) => [
          figure,
          layers.map((_, layer) => decoded.map((members) => worst(members, layer * figures.length, figure))),
        ]),
      ),
      now: last
        ? {
            step: last.step,
            layers: layers.map((_, layer) => named(floats(last.figures), layer * figures.length)),
          }
        : null,
    }
  }

  histograms({ runId, nodeId, part, most }: HistogramQuery): { total: number; histograms: Histogram[] } {
    const steps = this.#statements.histogramSteps.all(runId, nodeId, part).map(({ step }) => step)
    const chosen = new Set(
      Array.from({ length: Math.min(most, steps.length) }, (_, i) => {
        const from = steps.length - 1
        return steps[most === 1 ? from : Math.round((i * from) / (Math.min(most, steps.length) - 1 || 1))]
      }),
    )
    const histograms = [...chosen].flatMap((step) => {
      const row = step === undefined ? undefined : this.#statements.histogram.get(runId, nodeId, part, step)
      if (!row) return []
      const { counts, ...rest } = row
      return [{ ...rest, counts: [...new Uint32Array(aligned(counts))] }]
    })
    return { total: steps.length, histograms }
  }
}

/** Neighbours together, so that at most `most` groups remain. */
function group(rows: readonly Stored[], most: number): Stored[][] {
  const first = rows[0]?.step ?? 0
  const span = (rows.at(-1)?.step ?? first) - first + 1
  if (rows.length <= most) return rows.map((row) => [row])
  const groups = new Map<number, Stored[]>()
  for (const row of rows) {
    const column = Math.floor(((row.step - first) * most) / span)
    const members = groups.get(column)
    if (members) members.push(row)
    else groups.set(column, [row])
  }
  return [...groups.values()]
}

/** Of some probes' values of a figure the one that is furthest from healthy; null where none has one. */
function worst(members: readonly Float32Array[], offset: number, figure: Figure): number | null {
  const at = offset + (figureIndex.get(figure) ?? 0)
  let found: number | null = null
  for (const values of members) {
    const value = values[at] ?? NaN
    if (Number.isNaN(value)) continue
    if (found === null || distance(value, figure) > distance(found, figure)) found = value
  }
  return found === null ? null : finite(found)
}

const distance = (value: number, figure: Figure): number =>
  figure === 'updateRatio' ? Math.abs(value - healthyMiddle) : Math.abs(value)

/** JSON has no infinities: the largest of a float32 stands for them. */
const finite = (value: number): number => Math.max(-3.4e38, Math.min(3.4e38, value))

const named = (values: Float32Array, offset: number): Partial<Record<Figure, number | null>> =>
  Object.fromEntries(
    figures.map((figure, i) => {
      const value = values[offset + i] ?? NaN
      return [figure, Number.isNaN(value) ? null : finite(value)]
    }),
  )

/** A buffer of SQLite may begin anywhere; typed arrays may not. */
function aligned(bytes: Buffer): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.byteLength)
  new Uint8Array(copy).set(bytes)
  return copy
}
const floats = (bytes: Buffer): Float32Array => new Float32Array(aligned(bytes))
