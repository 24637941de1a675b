/** One layer on a screen of its own: how all parts of it are spread, and what its weights look like. */
import { Button } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { IconArrowLeft, IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import type { HealthHistory, Part, ProbedLayer } from '../../../main/common/health/figures.ts'
import type { Verdict } from '../../../main/common/health/rule.ts'
import type { OwnRun } from '../../../main/common/ownRun.ts'
import { usePreferences } from '../../state/preferences.ts'
import { Card } from '../../ui/Card.tsx'
import { clsx } from '../../ui/clsx.ts'
import { count, measure } from '../../ui/format.ts'
import { closeLayer, openLayer } from '../inspect.ts'
import classes from './Layer.module.css'
import { partsOf } from './LayerPanel.tsx'
import { PartPlot, spreadNote, useSpread } from './PartPlot.tsx'
import { ViewSwitch } from './ViewSwitch.tsx'
import { WeightsCard } from './WeightsCard.tsx'

interface LayerPageProps {
  runId: number
  layer: ProbedLayer
  health: HealthHistory
  verdicts: readonly Verdict[] | null
  detail: OwnRun | null
  revision: number
}

export function LayerPage({ runId, layer, health, verdicts, detail, revision }: LayerPageProps) {
  const { layers } = health
  const index = layers.findIndex(({ nodeId }) => nodeId === layer.nodeId)
  const parts = partsOf(layer)
  const own = verdicts?.filter((one) => one.layers.includes(layer.nodeId)) ?? []
  useHotkeys([['Escape', closeLayer]])
  return (
    <div className={classes.page}>
      <header className={classes.head}>
        <Button variant="default" leftSection={<IconArrowLeft size={15} />} onClick={closeLayer}>
          All layers
        </Button>
        <h2>{layer.title}</h2>
        <span className={classes.dim}>{factsOf(health, index)}</span>
        <span className={classes.says} role="status">
          {own.map(({ words }) => words).join(' ')}
        </span>
        <Step icon={<IconChevronLeft size={15} />} label="Layer before" to={layers[index - 1]} />
        <Step icon={<IconChevronRight size={15} />} label="Layer after" to={layers[index + 1]} />
        <ViewSwitch />
      </header>
      <div className={clsx(classes.parts, parts.length === 1 && classes.one)}>
        {parts.map((part) => (
          <PartCard key={part} runId={runId} layer={layer} part={part} revision={revision} />
        ))}
      </div>
      <WeightsCard runId={runId} layer={layer} detail={detail} revision={revision} />
    </div>
  )
}

/** "after Linear 2 · |gradient| 0.093 · |weights| 130 · at step 121". */
function factsOf({ layers, now }: HealthHistory, index: number): string {
  const figures = now?.layers[index]
  const after = layers[index]?.after ?? null
  const figure = (title: string, value: number | null | undefined): string[] =>
    typeof value === 'number' ? [`${title} ${measure(value, 3)}`] : []
  return [
    ...(after === null ? [] : [`after ${after}`]),
    ...figure('|gradient|', figures?.['gradients.norm']),
    ...figure('|weights|', figures?.['weights.norm']),
    ...figure('log₁₀ update : weight', figures?.updateRatio),
    ...(now ? [`at step ${count(now.step)}`] : []),
  ].join(' · ')
}

function Step({ icon, label, to }: { icon: React.ReactNode; label: string; to: ProbedLayer | undefined }) {
  return (
    <Button
      variant="default"
      px={7}
      aria-label={label}
      title={to ? `${label}: ${to.title}` : label}
      disabled={!to}
      onClick={() => to && openLayer(to.nodeId)}
    >
      {icon}
    </Button>
  )
}

interface PartCardProps {
  runId: number
  layer: ProbedLayer
  part: Part
  revision: number
}

function PartCard({ runId, layer, part, revision }: PartCardProps) {
  const view = usePreferences((s) => s.inspectView)
  const spread = useSpread(runId, layer, part, view, revision)
  return (
    <Card title={part.charAt(0).toUpperCase() + part.slice(1)} note={spreadNote(spread)}>
      <PartPlot spread={spread} part={part} view={view} />
    </Card>
  )
}
