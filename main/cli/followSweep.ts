/** A sweep on the command line: its progress, what Ctrl+C does, what came of it. */
import { measured } from '../common/settings.ts'
import type { Sweep, SweepDetail } from '../common/sweeps/contract.ts'
import { trialText } from '../common/sweeps/trials.ts'
import type { ProgressLine } from './progressLine.ts'
import type { Client } from './session.ts'

/** Follows a sweep until it has ended or is paused. @returns the exit code */
export async function followSweep(
  client: Client,
  sweepId: number,
  progress: ProgressLine,
  json: boolean,
): Promise<number> {
  const restore = pauseOnInterrupt(client, sweepId)
  const over = new AbortController()
  const follower = new Follower(client, sweepId, progress)
  const runs = follower.showRuns(over.signal)
  try {
    await follower.untilOver()
  } finally {
    over.abort()
    restore()
    await runs
  }
  const sweep = await client.sweeps.get({ sweepId })
  report(sweep, json)
  if (sweep.status !== 'finished') return 130
  return sweep.counts.finished > 0 ? 0 : 1
}

/** Shows where a sweep is: a line for every trial that ends, and one that says how far the one that trains is. */
class Follower {
  readonly #client: Client
  readonly #sweepId: number
  readonly #progress: ProgressLine
  /** Rungs of each trial that were told. */
  readonly #told = new Map<number, number>()
  #sweep: Sweep | null = null

  constructor(client: Client, sweepId: number, progress: ProgressLine) {
    this.#client = client
    this.#sweepId = sweepId
    this.#progress = progress
  }

  /** Returns when it has ended or is paused. */
  async untilOver(): Promise<void> {
    // What came of it before is told at the end.
    const { trials } = await this.#client.sweeps.get({ sweepId: this.#sweepId })
    for (const { number, values } of trials) this.#told.set(number, values.length)
    for await (const { sweeps } of await this.#client.sweeps.watch()) {
      const sweep = sweeps.find(({ id }) => id === this.#sweepId)
      if (!sweep) return
      const before = this.#sweep?.training?.number
      this.#sweep = sweep
      if (before !== undefined && before !== sweep.training?.number) await this.#tell()
      if (sweep.status !== 'queued' && !sweep.training) break
    }
    await this.#tell()
  }

  async #tell(): Promise<void> {
    const { trials, spec } = await this.#client.sweeps.get({ sweepId: this.#sweepId })
    for (const trial of trials) {
      if (trial.values.length <= (this.#told.get(trial.number) ?? 0)) continue
      this.#told.set(trial.number, trial.values.length)
      const value = trial.values.at(-1)
      const result =
        trial.error?.what ?? `${spec.objective.metric} ${value == null ? 'none' : measured(value)}`
      this.#progress.end(`trial ${trial.number} of ${trials.length} · ${trialText(spec, trial)} · ${result}`)
    }
  }

  async showRuns(signal: AbortSignal): Promise<void> {
    for await (const live of await this.#client.training.watch(undefined, { signal })) {
      const { training, counts } = this.#sweep ?? {}
      if (!live || !training || training.runId !== live.runId || live.batches === 0) continue
      this.#progress.show(
        `trial ${training.number} of ${counts?.total} · ${training.text} · epoch ${live.epoch} of ${live.epochs}`,
      )
    }
  }
}

/** The first Ctrl+C pauses the sweep, its run with a checkpoint; the second one leaves at once. */
function pauseOnInterrupt(client: Client, sweepId: number): () => void {
  const pause = (): void => {
    process.once('SIGINT', () => process.exit(130))
    process.stderr.write(
      `\nPausing after this step; "tapedeck sweep --resume ${sweepId}" goes on. Ctrl+C again leaves at once.\n`,
    )
    // It may have ended by itself in this moment.
    client.sweeps.pause({ sweepId }).catch(() => undefined)
  }
  process.once('SIGINT', pause)
  process.once('SIGTERM', pause)
  return () => {
    process.removeAllListeners('SIGINT')
    process.removeAllListeners('SIGTERM')
  }
}

function report(sweep: SweepDetail, json: boolean): void {
  const { id: sweepId, name, status, remark, counts, best, seconds, spec } = sweep
  if (remark !== null) process.stderr.write(`${remark}\n`)
  if (!json) {
    const { finished, failed, total } = counts
    const others = failed > 0 ? `, ${failed} failed` : ''
    process.stdout.write(`sweep ${sweepId} "${name}" ${status}: ${finished} of ${total} trials${others}\n`)
    if (best) {
      const which = spec.seeds > 1 ? `mean of ${spec.seeds} seeds` : `trial ${best.number}`
      const text = [which, best.text].filter((part) => part !== '').join(' · ')
      process.stdout.write(`best ${spec.objective.metric} ${measured(best.value)}: ${text}\n`)
    }
    return
  }
  const trials = sweep.trials.map(({ number, status, runId, seed, choices, values, error }) => ({
    number,
    status,
    runId,
    seed,
    choices,
    value: values.at(-1) ?? null,
    error,
  }))
  const { objective } = spec
  process.stdout.write(`${JSON.stringify({ sweepId, status, counts, objective, best, seconds, trials })}\n`)
}
