/**
 * The one kind of error meant for a person: what was wrong with its value, and what to do about it.
 * Every refusal in the workbench is one of these; anything else that reaches a shell is a fault of ours.
 */
export interface Refusal {
  /** Stable and machine-readable, `place/reason`: `data/truncated`, `workspace/locked`. */
  code: string
  /** One sentence naming what was wrong, with the value. */
  what: string
  /** One sentence saying what to do. */
  mend: string
}

export class UserError extends Error {
  readonly code: string
  readonly what: string
  readonly mend: string

  constructor(refusal: Refusal, options?: ErrorOptions) {
    super(`${refusal.what} ${refusal.mend}`.trim(), options)
    this.name = 'UserError'
    this.code = refusal.code
    this.what = refusal.what
    this.mend = refusal.mend
  }
}

/** The refusal inside any thrown value; a fault of ours becomes `internal/fault` with its message. */
export function toRefusal(error: unknown): Refusal {
  if (error instanceof UserError) return { code: error.code, what: error.what, mend: error.mend }
  const what = error instanceof Error ? error.message : String(error)
  return {
    code: 'internal/fault',
    what,
    mend: 'This is a fault in Tapedeck; please report it with the details.',
  }
}
