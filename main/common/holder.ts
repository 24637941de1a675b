/** The process that writes to a workspace, in words. */
import type { Holder } from './schemas.ts'

const shells: Record<string, string> = {
  desktop: 'a window',
  browser: 'a server',
  cli: 'the command line',
}

/** As in "the command line (process 811)". */
export const holderWords = ({ shell, pid }: Holder): string =>
  `${shells[shell] ?? 'another Tapedeck'} (process ${pid})`
