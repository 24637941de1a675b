import { native } from './addon.ts'
import { numberOf, type Device } from './device.ts'
import { dtypeName, dtypeNumber } from './dtype.ts'
import type { DType } from './dtype.ts'
import { needFunction } from './guard.ts'

/**
 * Runs `body` (synchronous) with products in 16 bits, as torch.autocast does: linear, matmul, convolutions,
 * attention and recurrent ops take their floating inputs in `dtype` and compute with float32 accumulators;
 * losses, softmax, norms, exp, log, pow, sums and means run in float32; other ops take what they get, and
 * meet in the wider dtype. Batch norm takes a bfloat16 image as it is, as in PyTorch: statistics, weights and
 * what is between are float32. A processor with bfloat16 instructions (AVX-512 BF16) multiplies in them: linear, matmul,
 * convolutions, attention, recurrent layers and cells; on others operands are rounded and multiplied in float32, and
 * the results of both agree within what rounding to bfloat16 costs. Weights stay float32 and get float32 gradients; each is cast once per region, so
 * one region around a forward pass is what you want. Backward may run inside or outside of it.
 */
export function autocast<T>(dtype: 'bfloat16' | 'float16', body: () => T): T {
  needFunction('autocast', body)
  const before = native.setAutocast(dtypeNumber(dtype))
  try {
    return body()
  } finally {
    native.setAutocast(before)
  }
}

/** The dtype of the autocast region the call is in, or null outside of any. */
export function autocastDtype(): DType | null {
  const dtype = dtypeName(native.autocastDtype())
  return dtype === 'float32' ? null : dtype
}

/** What a GPU may trade for speed. */
export interface DeviceOptions {
  /** float32 products and convolutions round their factors to 10 bits. */
  tf32: boolean
  /** Nothing whose sums may come out in another order. */
  deterministic: boolean
}

/** For this thread's ops on a GPU, from the next one on. @throws TAPE_DEVICE where there is none */
export function setDeviceOptions(
  device: Exclude<Device, 'cpu'>,
  { tf32, deterministic }: DeviceOptions,
): void {
  native.setDeviceOptions(numberOf(device), tf32, deterministic)
}
