/** Errors in the words of a command line: one sentence, what to do, a stack only when asked for. */
import { ORPCError } from '@orpc/server'
import { toRefusal, UserError } from '../common/errors.ts'
import { invalid } from '../common/invalid.ts'
import { refusalSchema } from '../common/schemas.ts'

export class UsageError extends UserError {
  constructor(what: string, mend: string) {
    super({ code: 'cli/usage', what, mend })
  }
}

export function explain(error: unknown, verbose: boolean): string {
  const { what, mend, detail } = described(error)
  const stack = detail ?? (error instanceof Error ? error.stack : undefined)
  return [what, mend, ...(verbose && stack ? [stack] : [])].filter((line) => line !== '').join('\n')
}

/** True for errors of how a command was written: ours, and those of `parseArgs`, told by their code. */
export function isUsage(error: unknown): boolean {
  return error instanceof UsageError || isParseError(error)
}

const isParseError = (error: unknown): error is TypeError =>
  error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')

function described(error: unknown): { what: string; mend: string; detail?: string | undefined } {
  if (error instanceof ORPCError) {
    const refusal = refusalSchema.safeParse(error.data)
    if (refusal.success) return refusal.data
    const unaccepted = invalid(error.data)
    if (unaccepted) return unaccepted
  }
  // parseArgs explains a wrong option well; its second sentence is about quoting.
  if (isParseError(error)) {
    const what = error.message.split('. ')[0] ?? error.message
    return { what: `${what}.`, mend: 'Run the command with --help for its options.' }
  }
  return toRefusal(error)
}
