import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { UserError } from '../common/errors.ts'

/**
 * A file that ends before its last page was cut, by a copy that was not finished or a disk that was full. Not asked where a
 * write-ahead log has pages still to come. Format: https://www.sqlite.org/fileformat2.html#the_database_header
 * @throws UserError `workspace/damaged`
 */
export function refuseTruncated(file: string): void {
  const log = `${file}-wal`
  if (existsSync(log) && statSync(log).size > 0) return
  const descriptor = openSync(file, 'r')
  try {
    const header = Buffer.alloc(100)
    if (readSync(descriptor, header) < header.length || header.readUInt32BE(24) !== header.readUInt32BE(92))
      return
    const pageSize = header.readUInt16BE(16) === 1 ? 65536 : header.readUInt16BE(16)
    const expected = header.readUInt32BE(28) * pageSize
    const { size } = fstatSync(descriptor)
    if (size >= expected) return
    throw new UserError({
      code: 'workspace/damaged',
      what: `The workspace file ${file} is damaged: ${expected.toLocaleString('en-US')} bytes are expected, it ends after ${size.toLocaleString('en-US')}.`,
      mend: 'Move it away and start again, or put a backup in its place; checkpoints beside it are not affected.',
    })
  } finally {
    closeSync(descriptor)
  }
}
