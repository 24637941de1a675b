/** Some filters of a convolution, or the rows of a Linear over images, small enough to draw. */
import {
  pageOfFilters,
  type Filters,
  type FiltersQuery,
  type WeightView,
} from '../../common/health/weights.ts'
import { noGrad, type Tensor } from '../../engine/index.ts'
import { withWeight, type Running, type WeightSource } from './source.ts'

export interface FiltersAsked extends Pick<FiltersQuery, 'firstFilter' | 'firstChannel'> {
  source: WeightSource
  view: WeightView & { kind: 'filters' }
}

export function filters(
  { source, view, firstFilter, firstChannel }: FiltersAsked,
  running: Running | null,
): Filters {
  return withWeight(source, running, view.weight, (weight, step) =>
    noGrad(() => {
      const { count, channels, rows, columns } = view
      const filters = Math.max(0, Math.min(pageOfFilters.filters, count - firstFilter))
      const shown = Math.max(0, Math.min(pageOfFilters.channels, channels - firstChannel))
      const scale = numbers(weight.abs().amax())[0] ?? 0
      const some = weight
        .reshape([count, channels, rows, columns])
        .narrow(0, Math.min(firstFilter, count), filters)
        .narrow(1, Math.min(firstChannel, channels), shown)
      const per = scale > 0 ? 127 / scale : 0
      const values = numbers(some).map((value) => Math.round(value * per) || 0)
      return { step, filters, channels: shown, rows, columns, scale, values }
    }),
  )
}

const numbers = (values: Tensor): number[] => Array.from(values.toTypedArray() as Float32Array)
