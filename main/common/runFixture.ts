/** For tests: a run as the table shows it, and in full. */
import { emptyDocument } from './document.ts'
import type { OwnRun } from './ownRun.ts'
import type { EngineInfo, Run } from './schemas.ts'
import { defaultTrainConfig, type TrainConfig } from './training.ts'

type ExampleRun = Run & { config: TrainConfig }

export const exampleEngine: EngineInfo = {
  version: '1',
  build: 'release',
  instructionSet: 'AVX2',
  bfloat16: false,
  threads: 2,
  oneDNN: null,
  cuda: { available: false, reason: '' },
}

export const exampleRun = (more: Partial<ExampleRun> = {}): ExampleRun => ({
  id: 1,
  name: 'Digits MLP on digits',
  status: 'finished',
  createdAt: more.id ?? 1,
  endedAt: more.id ?? 1,
  datasetId: 'd1',
  datasetName: 'digits',
  modelName: 'Digits MLP',
  config: defaultTrainConfig,
  tags: [],
  note: '',
  group: null,
  sweepId: null,
  binnedAt: null,
  origin: null,
  parameters: 1000,
  epochsDone: 5,
  steps: 100,
  seconds: 10,
  samplesPerSecond: 1000,
  summaries: {},
  error: null,
  parent: null,
  weightsSha256: null,
  architecture: 'a1',
  ...more,
})

export const exampleDetail = (more: Partial<OwnRun> = {}): OwnRun => ({
  ...exampleRun(),
  document: emptyDocument(),
  engine: exampleEngine,
  checkpoint: null,
  checkpoints: [],
  events: [],
  notFinite: null,
  ...more,
})
