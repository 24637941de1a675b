import type { TrainConfig } from '../common/training.ts'
import { autocast, setDeviceOptions, type Device } from '../engine/index.ts'

/**
 * Runs a forward pass in the precision that a configuration asks for. What a GPU may trade holds for what follows too:
 * the pass backward.
 */
export function inPrecision<T>(
  { precision, deterministic }: Pick<TrainConfig, 'precision' | 'deterministic'>,
  device: Device,
  body: () => T,
): T {
  if (device !== 'cpu') setDeviceOptions(device, { tf32: precision === 'tf32', deterministic })
  return precision === 'bfloat16' ? autocast('bfloat16', body) : body()
}
