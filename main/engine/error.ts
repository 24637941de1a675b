/** What kind of mistake an error of the engine was: `error.code`, stable from release to release. */
export type ErrorCode =
  | 'TAPE_SHAPE'
  | 'TAPE_DTYPE'
  | 'TAPE_VALUE'
  | 'TAPE_GRADIENT'
  | 'TAPE_HANDLE'
  | 'TAPE_DEVICE'
  | 'TAPE_FILE'
  | 'TAPE_MEMORY'
  | 'TAPE_ANOMALY'
  | 'TAPE_INTERNAL'

/** An error as the native side throws it: `[where] what was wrong, the value, what to do`. */
export function engineError(code: ErrorCode, message: string): Error & { code: ErrorCode } {
  return Object.assign(new Error(message), { code })
}
