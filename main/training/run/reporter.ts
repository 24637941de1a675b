/** What a run tells the main thread: points, events, where it is; at most every 50 ms. Keeps its clock. */
import type { Live, RunEvent } from '../../common/schemas.ts'
import { cudaInfo, deviceMemory, memoryStats, type Device, type MemoryStats } from '../../engine/index.ts'
import type { Prober } from '../probes/prober.ts'
import type { Position, Report } from '../protocol.ts'
import { PointBuffer, telemetryInterval } from '../telemetry.ts'
import { Meter } from './meter.ts'

/** Milliseconds over which the share of waiting is measured. */
const waitingInterval = 1000

export class Reporter {
  readonly position: Position
  status: 'running' | 'paused' = 'running'
  /** Samples trained on so far, every epoch counted anew. */
  samples = 0
  readonly meter = new Meter()
  readonly #runId: number
  readonly #report: (report: Report) => void
  readonly #prober: Prober
  readonly #device: Device
  readonly #points = new PointBuffer()
  #lastTelemetry = 0
  /** What is being measured of the share of waiting, in milliseconds. */
  #waiting = { waited: 0, since: performance.now() }
  /** When the clock of trained seconds was last read. */
  #clock = performance.now()

  constructor(
    runId: number,
    position: Position,
    { prober, device }: { prober: Prober; device: Device },
    report: (report: Report) => void,
  ) {
    this.#device = device
    this.#runId = runId
    this.#prober = prober
    this.position = position
    this.#report = report
  }

  /** Between steps: reads the clock and speaks when it is time. */
  tick(now: number): void {
    this.keepTime(now)
    if (now - this.#lastTelemetry >= telemetryInterval) this.speak()
  }

  /** Adds the time since the clock was last read to what was trained. */
  keepTime(now: number = performance.now()): void {
    const position = this.position
    position.seconds += (now - this.#clock) / 1000
    this.#clock = now
    this.#measureWaiting(now)
    if (position.step === 0) return
    position.samplesPerSecond = this.samples / position.seconds
    position.secondsLeft = (position.seconds / position.step) * (position.totalSteps - position.step)
  }

  /** Time that training stood still for data, in milliseconds. */
  waited(milliseconds: number): void {
    this.#waiting.waited += milliseconds
  }

  /** The share of waiting is of a second; before the first has passed, of what has. */
  #measureWaiting(now: number): void {
    const elapsed = now - this.#waiting.since
    if (elapsed < waitingInterval && this.position.seconds > waitingInterval / 1000) return
    if (elapsed > 0) this.position.waiting = Math.min(1, this.#waiting.waited / elapsed)
    if (elapsed >= waitingInterval) this.#waiting = { waited: 0, since: now }
  }

  /** Leaves out the time since the clock was last read: the run was paused. */
  skipTime(): void {
    this.#clock = performance.now()
    this.meter.skip()
    this.#waiting = { waited: 0, since: this.#clock }
  }

  /** Epochs trained, with the fraction of the one it is in. */
  get epochs(): number {
    const { epoch, batch, batches } = this.position
    return epoch - 1 + batch / Math.max(1, batches)
  }

  /** A metric point at the step the run is at. */
  record(metric: string, value: number): void {
    const { step, seconds } = this.position
    this.#points.add(metric, step, value, this.epochs, seconds)
  }

  event(kind: RunEvent['kind'], note: string, step: number = this.position.step): void {
    this.#report({ kind: 'event', runId: this.#runId, event: { step, kind, note } })
  }

  /** Sends everything since the last time. */
  speak(): void {
    this.#lastTelemetry = performance.now()
    const memory = memoryNow(this.#device)
    for (const [metric, value] of this.meter.take(this.position.learningRate, memory))
      this.record(metric, value)
    const { activeBytes, peakBytes, cachedBytes } = memory
    this.#report({
      kind: 'telemetry',
      telemetry: {
        runId: this.#runId,
        status: this.status,
        position: { ...this.position },
        points: this.#points.take(),
        probes: this.#prober.take(),
        memory: {
          active: activeBytes,
          peak: peakBytes,
          cached: cachedBytes,
          gpu: memory.gpu,
        },
      },
    })
  }
}

type MemoryNow = Pick<MemoryStats, 'activeBytes' | 'peakBytes' | 'cachedBytes'> & Pick<Live['memory'], 'gpu'>

function memoryNow(device: Device): MemoryNow {
  if (device === 'cpu') return { ...memoryStats(), gpu: null }
  const memory = deviceMemory(device)
  const { freeBytes, totalBytes, busy } = memory
  return {
    ...memory,
    gpu: { name: cudaInfo().device?.name ?? device, free: freeBytes, total: totalBytes, busy },
  }
}
