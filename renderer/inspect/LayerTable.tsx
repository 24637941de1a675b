/** Every layer at the last probe, in figures. */
import type { Figure, HealthHistory, ProbedLayer } from '../../main/common/health/figures.ts'
import { judgeRatio } from '../../main/common/health/ratio.ts'
import { thresholdOf } from '../../main/common/health/rules/index.ts'
import { deadUnits, saturated } from '../../main/common/health/rules/units.ts'
import { usePreferences } from '../state/preferences.ts'
import { Card } from '../ui/Card.tsx'
import { clsx } from '../ui/clsx.ts'
import { count, measure } from '../ui/format.ts'
import { RatioBand, ratioColours, ratioText } from '../ui/RatioBand.tsx'
import { chooseLayer } from './inspect.ts'
import classes from './Inspect.module.css'

interface LayerTableProps {
  health: HealthHistory | null
  /** Powers of ten that the learning rate has been lowered by. */
  rateLowered: number
  selected: string | null
}

export function LayerTable({ health, rateLowered, selected }: LayerTableProps) {
  const sampled = health?.layers.some((layer) => layer.sampled) ?? false
  return (
    <Card
      className={classes.table}
      title="Layers"
      note={
        health?.now
          ? `at step ${count(health.now.step)} · norms of all values${sampled ? '; means, spreads and shares of 4,096 evenly spaced ones where there are more' : ''}`
          : ''
      }
    >
      <div className={classes.tableScroll}>
        <table>
          <thead>
            <tr>
              <th scope="col">Layer</th>
              <th scope="col" colSpan={2} title="log10 of the norm of an update over the norm of the weights">
                log₁₀ update : weight
              </th>
              <th scope="col" title="Euclidean norm of the gradient of all its weights">
                |gradient|
              </th>
              <th scope="col">|weights|</th>
              <th scope="col" title="Mean and standard deviation of what it gives out">
                activations
              </th>
              <th scope="col" title="Share of outputs that are exactly zero">
                zero
              </th>
              <th
                scope="col"
                title="Share of units that were zero for every sample of the last five probed batches"
              >
                dead
              </th>
              <th scope="col" title="Share of outputs beyond 97 % of their bound">
                saturated
              </th>
              <th scope="col" title="NaN and infinities among weights, gradients and activations">
                not finite
              </th>
            </tr>
          </thead>
          <tbody>
            {health?.layers.map((layer, index) => (
              <Row
                key={layer.nodeId}
                layer={layer}
                figures={health.now?.layers[index] ?? {}}
                rateLowered={rateLowered}
                selected={layer.nodeId === selected}
              />
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  )
}

interface RowProps {
  layer: ProbedLayer
  figures: Partial<Record<Figure, number | null>>
  rateLowered: number
  selected: boolean
}

function Row({ layer, figures, rateLowered, selected }: RowProps) {
  const ratio = figures.updateRatio ?? null
  const thresholds = usePreferences((s) => s.thresholds)
  const verdict = judgeRatio(ratio, thresholds, rateLowered)
  const value = (figure: Figure, format: (value: number) => string): string => {
    const found = figures[figure]
    return typeof found === 'number' ? format(found) : '–'
  }
  const three = (number: number): string => measure(number, 3)
  const percent = (share: number): string =>
    `${share < 0.1 && share > 0 ? (100 * share).toFixed(1) : Math.round(100 * share)} %`
  const wrong = (['weights', 'gradients', 'activations'] as const).reduce(
    (sum, part) => sum + (figures[`${part}.notFinite`] ?? 0),
    0,
  )
  return (
    <tr
      aria-selected={selected}
      className={clsx(selected && classes.chosen)}
      onClick={() => chooseLayer(layer.nodeId)}
    >
      <th scope="row" title={layer.after === null ? layer.title : `${layer.title}, after ${layer.after}`}>
        <button type="button" onClick={() => chooseLayer(layer.nodeId)}>
          {layer.title}
        </button>
      </th>
      <td>{ratio !== null && <RatioBand ratio={ratio} health={verdict} width={64} />}</td>
      <td style={{ color: ratioColours[verdict] }} title={verdict}>
        {ratioText(ratio)}
      </td>
      <td>{value('gradients.norm', three)}</td>
      <td>{value('weights.norm', three)}</td>
      <td>
        {typeof figures['activations.mean'] === 'number'
          ? `${three(figures['activations.mean'])} ± ${value('activations.spread', three)}`
          : '–'}
      </td>
      <td>{value('activations.zeros', percent)}</td>
      <td className={clsx((figures.dead ?? 0) >= thresholdOf(deadUnits, thresholds) && classes.warn)}>
        {value('dead', percent)}
      </td>
      <td className={clsx((figures.saturated ?? 0) >= thresholdOf(saturated, thresholds) && classes.warn)}>
        {value('saturated', percent)}
      </td>
      <td className={clsx(wrong > 0 && classes.warn)}>{wrong > 0 ? count(wrong) : '0'}</td>
    </tr>
  )
}
