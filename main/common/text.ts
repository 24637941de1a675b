/** The text view: the same document as lines to read, edit and paste. See text/write.ts for what it looks like. */
export { fromText, type FromText } from './text/build.ts'
export type { TextError } from './text/read.ts'
export { toText } from './text/write.ts'
