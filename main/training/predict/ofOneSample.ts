/** Refusals of a network that are about one sample, whatever it shares a batch with: the others are answered. */
import { UserError } from '../../common/errors.ts'

const codes = ['model/too-short', 'model/too-small']

export const isOfOneSample = (error: unknown): error is UserError =>
  error instanceof UserError && codes.includes(error.code)
