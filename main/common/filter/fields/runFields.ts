/** What every run has, whoever trained it. */
import type { Run } from '../../schemas.ts'
import type { Field, FieldKind, FieldValue } from './field.ts'

const field = (
  name: string,
  title: string,
  kind: FieldKind,
  help: string,
  read: (run: Run) => FieldValue,
): Field => ({ name, title, kind, help, group: 'run', read })

const orNull = (text: string): string | null => (text === '' ? null : text)

export const runFields: readonly Field[] = [
  field('run', 'Run', 'count', 'Number of the run; the newest is the highest', (r) => r.id),
  field(
    'name',
    'Name',
    'text',
    'Written from the model, the data and what changed; F2 renames',
    (r) => r.name,
  ),
  field('data', 'Data', 'text', 'Data set', (r) => orNull(r.datasetName)),
  field('model', 'Model', 'text', 'Name of the model', (r) => orNull(r.modelName)),
  field('status', 'Status', 'text', 'How the run stands or ended', (r) => r.status),
  field('tag', 'Tags', 'tags', 'Tags; T adds and removes them', (r) => r.tags),
  field('note', 'Note', 'text', 'What you wrote about it; N opens it', (r) => orNull(r.note)),
  field('group', 'Group', 'text', 'A name that runs share which belong together', (r) => r.group),
  field('sweep', 'Sweep', 'count', 'Number of the sweep that started it', (r) => r.sweepId),
  field('weights', 'Weights', 'count', 'Trainable weights of the model', (r) => r.parameters || null),
  field('steps', 'Steps', 'count', 'Updates of the weights', (r) => r.steps),
  field(
    'epochs_done',
    'Epochs done',
    'count',
    'Passes over the training data that were finished',
    (r) => r.epochsDone,
  ),
  field('time', 'Time', 'seconds', 'Time trained, pauses left out', (r) => r.seconds),
  field('speed', 'Samples/s', 'count', 'Samples a second, on average', (r) => r.samplesPerSecond || null),
  field('created', 'Created', 'moment', 'When it was started', (r) => r.createdAt),
  field('ended', 'Ended', 'moment', 'When it ended', (r) => r.endedAt),
  field(
    'parent',
    'Forked from',
    'count',
    'Number of the run that it went on from',
    (r) => r.parent?.runId ?? null,
  ),
  field(
    'source',
    'Source',
    'text',
    'The other tool or file that it came from',
    (r) => r.origin?.kind ?? null,
  ),
]
