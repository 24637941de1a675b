/** A workspace that another process writes to: what may be asked of it here, and the sentence for all else. */
import { UserError } from '../common/errors.ts'
import { holderWords } from '../common/holder.ts'
import type { Holder } from '../common/schemas.ts'

/** Those that change nothing in the workspace, and `app.takeOver`. What is not named here is refused. */
export const readingProcedures: ReadonlySet<string> = new Set([
  'export.model',
  ...['info', 'doctor', 'takeOver'].map((name) => `app.${name}`),
  ...[
    'samples',
    'choose',
    'browse',
    'inspect',
    'glimpse',
    'survey',
    'list',
    'preview',
    'samplesAt',
    'changed',
    'augmented',
  ].map((name) => `data.${name}`),
  ...['templates', 'list', 'oneBatch', 'forecast', 'measureRewrites', 'checkGradients'].map(
    (name) => `models.${name}`,
  ),
  ...['rangeTest', 'watch'].map((name) => `training.${name}`),
  ...['record', 'list', 'get', 'gradients', 'whatIf'].map((name) => `tape.${name}`),
  ...[
    'list',
    'changes',
    'watch',
    'metricNames',
    'binned',
    'get',
    'series',
    'health',
    'histograms',
    'filters',
    'neighbours',
    'valuesAt',
    'predictions',
    'disagreements',
    'sizes',
  ].map((name) => `runs.${name}`),
  ...['subject', 'ask', 'generate', 'evaluated', 'curves'].map((name) => `predict.${name}`),
  'views.list',
  ...['look', 'export'].map((name) => `exchange.${name}`),
  'follow.watch',
  ...['preview', 'list', 'get', 'watch'].map((name) => `sweeps.${name}`),
])

/** @param holder null: it has gone meanwhile */
export const refusedHere = (workspace: string, holder: Holder | null): UserError =>
  holder === null
    ? new UserError({
        code: 'workspace/read-only',
        what: `The workspace ${workspace} was opened here only to be read; the Tapedeck that wrote to it has been closed since.`,
        mend: 'Choose "Take over" at the top of the page, then make the change.',
      })
    : new UserError({
        code: 'workspace/read-only',
        what: `The workspace ${workspace} can only be read here: ${holderWords(holder)} writes to it.`,
        mend: 'Make the change there, or close it and take over here.',
      })
