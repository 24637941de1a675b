/**
 * A thread beside one that may be busy for ever: ends the process once the one that started it is gone, which a loop
 * would never notice.
 */
import { workerData } from 'node:worker_threads'
import { isAlive } from '../alive.ts'

const parent = workerData as number
setInterval(() => {
  // A number may be given to another process; but then that one is no longer our parent.
  if (process.ppid !== parent || !isAlive(parent)) process.kill(process.pid, 'SIGKILL')
}, 1000)
