/** What a source of runs gives, piece by piece, whatever it is read from: the one form that the store takes in. */
import type { ModelDocument } from '../common/document.ts'
import type { ProbedLayer } from '../common/health/figures.ts'
import type { EngineInfo, Origin, RunDetail, RunEvent } from '../common/schemas.ts'
import type { Checkpoint, NotFinite, TrainConfig } from '../common/training.ts'
import type { PackedPredictions, PointColumns, ProbeRow } from '../store/index.ts'

/** A run as it will stand in the table; what only its points tell comes with its end. */
export interface ForeignRun {
  /** Tells the runs of one source apart. */
  key: string
  name: string
  /** Milliseconds since 1970. */
  createdAt: number
  origin: Origin
  datasetId: string
  datasetName: string
  modelName: string
  config: TrainConfig | null
  document: ModelDocument | null
  engine: EngineInfo | null
  parameters: number
  tags: string[]
  note: string
  group: string | null
  weightsSha256: string | null
  notFinite: NotFinite | null
  events: RunEvent[]
  /** Key of the run that it was forked from, where that is in the source too. */
  parent: { key: string; step: number } | null
  /** The run of a workspace, perhaps of this one, that it goes on from. */
  from: { run: number; name: string; step: number } | null
  status: RunDetail['status']
  endedAt: number | null
  epochsDone: number
  steps: number
  seconds: number
  samplesPerSecond: number
  error: RunDetail['error']
}

export type ForeignCheckpoint = Omit<Checkpoint, 'id' | 'runId'> & { config: TrainConfig }

export type Piece =
  /** Begins a run; what follows is of it. */
  | { kind: 'run'; run: ForeignRun }
  /** Of one metric, in order of steps, later than those before. */
  | { kind: 'points'; metric: string; points: PointColumns }
  | { kind: 'layers'; layers: ProbedLayer[] }
  | { kind: 'probes'; probes: ProbeRow[] }
  | { kind: 'predictions'; predictions: PackedPredictions }
  /** Its files are whole, in the folder for them; `path` is there. */
  | { kind: 'checkpoint'; checkpoint: ForeignCheckpoint }
  /** A sentence about what was left out. */
  | { kind: 'note'; note: string }

/** A run of another tool: it has curves and settings, and nothing that Tapedeck could train. */
export const curvesOnly = (
  run: Pick<ForeignRun, 'key' | 'name' | 'createdAt' | 'origin'> & Partial<ForeignRun>,
): ForeignRun => ({
  datasetId: '',
  datasetName: '',
  modelName: '',
  config: null,
  document: null,
  engine: null,
  parameters: 0,
  tags: [],
  note: '',
  group: null,
  weightsSha256: null,
  notFinite: null,
  events: [],
  parent: null,
  from: null,
  status: 'finished',
  endedAt: run.createdAt,
  epochsDone: 0,
  steps: 0,
  seconds: 0,
  samplesPerSecond: 0,
  error: null,
  ...run,
})

/** How a source is read. */
export interface ReadTask {
  signal: AbortSignal
  /** Bytes read so far and in all, and a word of what. */
  onProgress: (done: number, total: number, note: string) => void
}
