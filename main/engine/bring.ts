import { native } from './addon.ts'
import { numberOf, type Device } from './device.ts'
import { Tensor } from './tensor.ts'

/**
 * As `x.to(device)`, beside the work that the device has been given: only what is given from here on waits for the copy.
 * For what lives as long as a step. See native/include/tape/bring.h.
 * @throws TapeError `TAPE_GRADIENT` where `x` requires a gradient
 */
export const bring = (x: Tensor, device: Device): Tensor => new Tensor(native.bring(x.id, numberOf(device)))
