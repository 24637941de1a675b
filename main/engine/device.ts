import { engineError } from './error.ts'
import { cudaInfo } from './info.ts'

/** Where a tensor's memory is. */
export type Device = 'cpu' | 'cuda'

/** Is `name` a device this build has? Error with code TAPE_DEVICE for one it has not. */
export function isDevice(name: string): name is Device {
  if (name === 'cpu') return true
  if (/^cuda(:\d+)?$/.test(name))
    throw engineError('TAPE_DEVICE', `[to] device ${name}: ${cudaInfo().reason}, stay on 'cpu'`)
  return false
}
