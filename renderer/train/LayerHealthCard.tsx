/** Each layer with weights, now: its gradient norm, and how large an update is beside the weights. */
import type { LayerHealth } from '../../main/common/schemas.ts'
import { useLive } from '../state/live.ts'
import { Card } from '../ui/Card.tsx'
import { measure } from '../ui/format.ts'
import { bandPosition, health, inWords, range, type Health } from './health.ts'
import classes from './TrainPage.module.css'

const colours: Record<Health, string> = {
  healthy: 'var(--td-ok)',
  watch: 'var(--td-warn)',
  bad: 'var(--td-bad)',
  unknown: 'var(--td-faint)',
}

export function LayerHealthCard({ compact }: { compact: boolean }) {
  const layers = useLive((s) => s.live?.layers)
  const words = inWords(layers ?? [])
  return (
    <Card
      title="Gradients"
      note={compact ? 'by layer, at the last step' : 'now, by layer'}
      className={compact ? classes.layersCompact : classes.layers}
    >
      {words !== null && <div className={classes.words}>{words}</div>}
      <div className={classes.scroll}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">Layer</th>
              <th scope="col" title="Euclidean norm of the gradient of all its weights">
                |gradient|
              </th>
              <th
                scope="col"
                colSpan={2}
                title="log10 of learning rate × |gradient| over |weights|. Between −4 and −2 (green) a layer usually learns well."
              >
                log₁₀ update : weight
              </th>
            </tr>
          </thead>
          <tbody>
            {layers?.map((layer) => (
              <LayerRow key={layer.nodeId} layer={layer} />
            ))}
          </tbody>
        </table>
        {(!layers || layers.length === 0) && (
          <p style={{ color: 'var(--td-faint)' }}>Waiting for the first steps…</p>
        )}
      </div>
    </Card>
  )
}

function LayerRow({ layer }: { layer: LayerHealth }) {
  const ratio = layer.updateRatio
  const verdict = health(ratio)
  return (
    <tr>
      <td className={classes.layerName} title={layer.title}>
        {layer.title}
      </td>
      <td>{measure(layer.gradientNorm, 3)}</td>
      <td>
        <svg width="76" height="12" aria-hidden style={{ verticalAlign: 'middle' }}>
          <line x1="0" x2="76" y1="6" y2="6" stroke="var(--td-line)" />
          <rect
            x={76 * bandPosition(range.healthyLow)}
            width={76 * (bandPosition(range.healthyHigh) - bandPosition(range.healthyLow))}
            height="12"
            rx="2"
            fill="var(--td-ok-soft)"
          />
          {ratio !== null && (
            <circle cx={4 + 68 * bandPosition(ratio)} cy="6" r="4" fill={colours[verdict]} />
          )}
        </svg>
      </td>
      <td title={verdict === 'healthy' ? 'healthy' : verdict} style={{ color: colours[verdict] }}>
        {ratio === null ? '–' : ratio.toFixed(1).replace('-', '−')}
      </td>
    </tr>
  )
}
