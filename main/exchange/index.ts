/** Runs in and out of a workspace; see README.md. */
export { absorb, parentHere } from './absorb.ts'
export { positionSchema } from './follow/position.ts'
export { isLines } from './follow/work.ts'
export type { Batch, FileState, FollowReport, News } from './follow/report.ts'
export { lookAtSource } from './look.ts'
export { curvesOnly } from './piece.ts'
export { exchangeInThread, type Exchanger } from './thread.ts'
export { writeExport } from './work.ts'
