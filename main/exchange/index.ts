/** Runs in and out of a workspace; see README.md. */
export { absorb } from './absorb.ts'
export { lookAtSource } from './look.ts'
export { exchangeInThread, type Exchanger } from './thread.ts'
export { writeExport } from './work.ts'
