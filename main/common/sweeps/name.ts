/** Sweeps name themselves: model, data set, and what is swept. */
import { sweepField } from './fields.ts'
import type { SweepSpec } from './spec.ts'

/** `Digits MLP on digits · lr × batch · 3 seeds` */
export function nameSweep(
  { document, dimensions, seeds }: Pick<SweepSpec, 'document' | 'dimensions' | 'seeds'>,
  datasetName: string,
): string {
  const swept = dimensions.map(({ setting }) => sweepField(document, setting).short).join(' × ')
  return [
    `${document.name} on ${datasetName}`,
    ...(swept === '' ? [] : [swept]),
    ...(seeds > 1 ? [`${seeds} seeds`] : []),
  ].join(' · ')
}
