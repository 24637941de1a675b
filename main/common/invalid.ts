/** What the contract says of a value that it does not take, in words for a person. */
import type { Refusal } from './errors.ts'

/** @param data of the error that a call ended with; null where it tells of no such value */
export function invalid(data: unknown): Refusal | null {
  if (typeof data !== 'object' || data === null || !('issues' in data) || !Array.isArray(data.issues))
    return null
  const said = data.issues.flatMap((issue: unknown) => {
    if (typeof issue !== 'object' || issue === null || !('message' in issue)) return []
    const path = 'path' in issue && Array.isArray(issue.path) ? issue.path.join('.') : ''
    return [path ? `${path}: ${String(issue.message)}` : String(issue.message)]
  })
  if (said.length === 0) return null
  return {
    code: 'input/invalid',
    what: `A value was not accepted: ${said.join('; ')}.`,
    mend: 'Change that value and try again.',
  }
}
