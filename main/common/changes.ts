/** What a change of the configuration changes, in the words of a run's events. */
import { trainConfigSchema, type ChangeKind, type TrainChanges, type TrainConfig } from './training.ts'
import { scheduleText, setting } from './settings.ts'

export interface Change {
  kind: ChangeKind
  note: string
}

const limit = (value: number | null): string => (value === null ? 'off' : setting(value))
/** @returns the new configuration and what is different; nothing where all is as it was */
export function changed(
  before: TrainConfig,
  changes: TrainChanges,
): { config: TrainConfig; different: Change[] } {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined)
  const config = trainConfigSchema.parse({ ...before, ...Object.fromEntries(given) })
  const different: Change[] = []
  const say = (kind: ChangeKind, name: string, was: string, is: string): void => {
    if (was !== is) different.push({ kind, note: `${name} ${was} → ${is}` })
  }
  say('learning-rate', 'lr', setting(before.learningRate), setting(config.learningRate))
  if (JSON.stringify(before.schedule) !== JSON.stringify(config.schedule))
    different.push({
      kind: 'schedule',
      note: `schedule ${scheduleText(before.schedule)} → ${scheduleText(config.schedule)}`,
    })
  say('clipping', 'clip norm', limit(before.clipNorm), limit(config.clipNorm))
  say('clipping', 'clip value', limit(before.clipValue), limit(config.clipValue))
  say('weight-decay', 'decay', setting(before.weightDecay), setting(config.weightDecay))
  say('batch-size', 'batch', String(before.batchSize), String(config.batchSize))
  say('epochs', 'epochs', String(before.epochs), String(config.epochs))
  return { config, different }
}
