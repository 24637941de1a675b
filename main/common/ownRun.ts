/** A run that was trained with Tapedeck: it has a configuration, a document and an engine. */
import type { ModelDocument } from './document.ts'
import { UserError } from './errors.ts'
import type { EngineInfo, Run, RunDetail } from './schemas.ts'
import type { TrainConfig } from './training.ts'

export interface ConfiguredRun extends Run {
  config: TrainConfig
}

export const isConfigured = (run: Run): run is ConfiguredRun => run.config !== null

export interface OwnRun extends RunDetail {
  config: TrainConfig
  document: ModelDocument
  engine: EngineInfo
}

export const isOwn = (run: RunDetail): run is OwnRun =>
  run.config !== null && run.document !== null && run.engine !== null

/** @throws UserError `runs/foreign` of a run that another tool trained */
export function ownRun(run: RunDetail): OwnRun {
  if (isOwn(run)) return run
  throw new UserError({
    code: 'runs/foreign',
    what: `Run ${run.id}, "${run.name}", was trained by another tool: it has curves, but no model or checkpoint here.`,
    mend: 'Choose a run that was trained with Tapedeck.',
  })
}
