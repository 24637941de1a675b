import { fileErrorCode } from './refuse.ts'

/** Whether there is a process of that number. */
export function isAlive(processId: number): boolean {
  if (!Number.isInteger(processId) || processId <= 0) return false
  try {
    process.kill(processId, 0)
    return true
  } catch (error) {
    return fileErrorCode(error) === 'EPERM'
  }
}
