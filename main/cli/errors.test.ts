import { parseArgs } from 'node:util'
import { ORPCError } from '@orpc/server'
import { expect, it } from 'vitest'
import { explain, isUsage, UsageError } from './errors.ts'

const refusal = {
  code: 'data/x',
  what: 'The file a.idx is cut.',
  mend: 'Copy it again.',
  detail: 'Error\n    at a.ts:1',
}

it('prints one sentence and what to do, the stack only when asked for', () => {
  const error = new ORPCError('REFUSED', { data: refusal })
  expect(explain(error, false)).toBe('The file a.idx is cut.\nCopy it again.')
  expect(explain(error, true)).toContain('at a.ts:1')
  expect(isUsage(error)).toBe(false)
})

it('says which value the contract does not take', () => {
  const data = { issues: [{ message: 'Too big', path: ['given', 'text'] }] }
  expect(explain(new ORPCError('BAD_REQUEST', { data }), false)).toBe(
    'A value was not accepted: given.text: Too big.\nChange that value and try again.',
  )
})

it('takes a fault of ours for what it is', () => {
  expect(explain(new Error('x is undefined'), false)).toBe(
    'x is undefined\nThis is a fault in Tapedeck; please report it with the details.',
  )
})

it('tells wrong usage from refusals', () => {
  let caught: unknown
  try {
    parseArgs({ args: ['--bogus', '1'], options: {} })
  } catch (error) {
    caught = error
  }
  expect(isUsage(caught)).toBe(true)
  expect(explain(caught, false)).toBe(
    "Unknown option '--bogus'.\nRun the command with --help for its options.",
  )
  expect(isUsage(new UsageError('a', 'b'))).toBe(true)
})
