/** Each layer with weights at the last probe, and the worst that the rules say; all of it is on the Inspect page. */
import { judgeRatio } from '../../main/common/health/ratio.ts'
import { ruleFigures } from '../../main/common/health/rules/index.ts'
import type { OwnRun } from '../../main/common/ownRun.ts'
import { useDiagnosis, useHealth, useRevision } from '../state/health.ts'
import { goTo } from '../state/pages.ts'
import { usePreferences } from '../state/preferences.ts'
import { Card } from '../ui/Card.tsx'
import { count, measure } from '../ui/format.ts'
import { RatioBand, ratioColours, ratioText } from '../ui/RatioBand.tsx'
import classes from './TrainPage.module.css'

/** Points in time that the rules look back on here. */
const columns = 60

interface LayerHealthCardProps {
  runId: number
  /** Null until it has been read. */
  detail: OwnRun | null
  compact: boolean
}

export function LayerHealthCard({ runId, detail, compact }: LayerHealthCardProps) {
  const revision = useRevision(runId)
  const health = useHealth(runId, revision, ruleFigures, columns)
  const diagnosis = useDiagnosis(detail, health, revision)
  const [worst, ...others] = diagnosis?.verdicts ?? []
  const rows = (health?.now?.layers ?? []).flatMap((figures, index) => {
    const layer = health?.layers[index]
    return layer && layer.weights > 0 ? [{ layer, figures }] : []
  })
  return (
    <Card
      title="Gradients"
      note={health?.now ? `by layer, at step ${count(health.now.step)}` : 'by layer'}
      className={compact ? classes.layersCompact : classes.layers}
    >
      {worst && (
        <button
          type="button"
          className={classes.words}
          title="Inspect says more"
          onClick={() => goTo('inspect')}
        >
          {worst.words} {worst.mend}
          {others.length > 0 && <b> {count(others.length)} more in Inspect.</b>}
        </button>
      )}
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
                title="log10 of the norm of an update over the norm of the weights. Between −4 and −2 (green) a layer usually learns well."
              >
                log₁₀ update : weight
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ layer, figures }) => (
              <LayerRow
                key={layer.nodeId}
                title={layer.title}
                gradient={figures['gradients.norm'] ?? null}
                ratio={figures.updateRatio ?? null}
                rateLowered={diagnosis?.rateLowered ?? 0}
              />
            ))}
          </tbody>
        </table>
        {health !== null && rows.length === 0 && (
          <p style={{ color: 'var(--td-faint)' }}>
            {health.layers.length > 0 ? 'Waiting for the first steps…' : 'This run was not probed.'}
          </p>
        )}
      </div>
    </Card>
  )
}

interface LayerRowProps {
  title: string
  gradient: number | null
  ratio: number | null
  rateLowered: number
}

function LayerRow({ title, gradient, ratio, rateLowered }: LayerRowProps) {
  const verdict = judgeRatio(
    ratio,
    usePreferences((s) => s.thresholds),
    rateLowered,
  )
  return (
    <tr>
      <td className={classes.layerName} title={title}>
        {title}
      </td>
      <td>{gradient === null ? '–' : measure(gradient, 3)}</td>
      <td>
        <RatioBand ratio={ratio} health={verdict} width={76} />
      </td>
      <td title={verdict} style={{ color: ratioColours[verdict] }}>
        {ratioText(ratio)}
      </td>
    </tr>
  )
}
