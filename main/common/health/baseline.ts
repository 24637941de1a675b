/** The loss of a model that knows how common each class is, and nothing about the samples. */
import type { Dataset } from '../data/dataset.ts'
import type { ModelDocument } from '../document.ts'
import type { TrainConfig } from '../training.ts'

/**
 * Entropy of the classes as they are drawn and weighted while training, in nats: ln K where each counts the same. Null
 * for what has no classes, and where the loss is of more than the classes: smoothed labels, mixed images.
 */
export function baselineOf(
  { task, classes }: Dataset,
  { balance, augmentation, overfitBatch }: TrainConfig,
  document: ModelDocument,
): number | null {
  const counts = classes.map(({ train }) => train).filter((count) => count > 0)
  const smoothed = document.nodes.some(
    ({ kind, parameters }) => kind === 'output' && Number(parameters['labelSmoothing'] ?? 0) > 0,
  )
  const mixed = augmentation !== null && augmentation.mixup > 0
  if (task !== 'classify' || counts.length < 2 || smoothed || mixed || overfitBatch) return null
  if (balance !== 'none') return Math.log(counts.length)
  const total = counts.reduce((a, b) => a + b, 0)
  return -counts.reduce((sum, count) => sum + (count / total) * Math.log(count / total), 0)
}
