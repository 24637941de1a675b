import { engineError } from './error.ts'

/** Where a tensor's memory is. 'cuda' is the first GPU that CUDA_VISIBLE_DEVICES leaves. */
export type Device = 'cpu' | 'cuda'

const devices: readonly Device[] = ['cpu', 'cuda']

/** The engine's number of a device, or null when `name` is the name of something else. */
export function deviceNumber(name: string): number | null {
  const number = devices.indexOf((name === 'cuda:0' ? 'cuda' : name) as Device)
  if (number >= 0) return number
  if (/^cuda:\d+$/.test(name))
    throw engineError(
      'TAPE_DEVICE',
      `[to] device ${name}: one GPU is used, 'cuda', choose it with CUDA_VISIBLE_DEVICES`,
    )
  return null
}

/** The engine's number of one of its devices. */
export const numberOf = (device: Device): number => devices.indexOf(device)

export function deviceName(number: number): Device {
  return devices[number] as Device
}
