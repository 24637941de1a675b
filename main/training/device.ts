/** Which device a run trains on. */
import { gpuMend } from '../common/device.ts'
import { UserError } from '../common/errors.ts'
import type { DeviceChoice } from '../common/training.ts'
import { cudaInfo, type Device } from '../engine/index.ts'

/**
 * The device that a configuration asks for. `auto` is the GPU where there is one: nothing has been measured yet that
 * would send small models to the processor.
 * @throws UserError `training/device` where the GPU is asked for and cannot be used
 */
export function deviceOf(choice: DeviceChoice): Device {
  if (choice === 'cpu') return 'cpu'
  const { available, reason } = cudaInfo()
  if (available) return 'cuda'
  if (choice === 'auto') return 'cpu'
  throw new UserError({
    code: 'training/device',
    what: `There is no GPU to train on: ${reason}.`,
    mend: `Train on the processor (device "cpu", or "auto"). ${gpuMend(reason)}`.trim(),
  })
}

/** As `deviceOf` for what was trained elsewhere: without a GPU the processor does. */
export const deviceAtHand = (choice: DeviceChoice): Device => deviceOf(choice === 'cpu' ? 'cpu' : 'auto')
