/** Run names write themselves: model, data set, and the one thing that changed since the last such run. */
import { changes, type Configured } from './settings.ts'

/**
 * @param subject `Digits MLP on mnist`
 * @param previous the newest earlier run of the same model name on the same data, if there is one
 */
export function nameRun(subject: string, run: Configured, previous: Configured | null): string {
  if (!previous) return subject
  const [first, ...more] = changes(previous, run)
  if (first === undefined) return `${subject} · again`
  return `${subject} · ${first}${more.length > 0 ? ` + ${more.length} more` : ''}`
}
