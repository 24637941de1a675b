/** From stored samples to what a model reads: the same for a batch of training and for a sample that comes later. */
import type { Dataset } from '../common/data/dataset.ts'
import { keep, tensor, type Device, type Tensor } from '../engine/index.ts'

export class Normaliser {
  readonly #tokens: boolean
  /** Numbers, or `[C, 1, 1]` where the channels of images have their own. */
  readonly #scale: number | Tensor
  readonly #shift: number | Tensor

  /** @param device of what it is given */
  constructor(
    { content, channels, mean, std }: Pick<Dataset, 'content' | 'channels' | 'mean' | 'std'>,
    device: Device = 'cpu',
  ) {
    this.#tokens = content === 'tokens'
    const scales = (channels.length > 0 ? channels : [{ mean, std }]).map(({ mean, std }) => {
      const scale = std > 0 ? 1 / std : 1
      return { scale, shift: -mean * scale }
    })
    const byChannel = (values: number[]): number | Tensor =>
      values.length === 1
        ? values[0]!
        : keep(tensor(Float32Array.from(values), { shape: [values.length, 1, 1], device }))
    this.#scale = byChannel(scales.map(({ scale }) => scale))
    this.#shift = byChannel(scales.map(({ shift }) => shift))
  }

  /**
   * @param stored `[B, ...sample]` of the data set's stored dtype; stays as it is
   * @returns float32 of mean 0 and deviation 1 over the training split; int64 of tokens
   */
  apply(stored: Tensor): Tensor {
    if (this.#tokens) return stored.to('int64')
    // Of float32 the samples themselves may be at hand.
    const scaled =
      stored.dtype === 'float32' ? stored.mul(this.#scale) : stored.to('float32').mul_(this.#scale)
    return scaled.add_(this.#shift)
  }

  dispose(): void {
    for (const part of [this.#scale, this.#shift]) if (typeof part !== 'number') part.dispose()
  }
}
