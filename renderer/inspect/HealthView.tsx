/** Which layers learn and which do not, over the whole run and now; one layer in depth. */
import { Button, Select, Tooltip } from '@mantine/core'
import { IconActivityHeartbeat, IconTargetArrow } from '@tabler/icons-react'
import type { HealthHistory } from '../../main/common/health/figures.ts'
import { client } from '../client.ts'
import { useDiagnosis, useHealth, useRevision } from '../state/health.ts'
import { isActive, useLive } from '../state/live.ts'
import { complain } from '../state/notices.ts'
import { usePreferences } from '../state/preferences.ts'
import { useRunDetail } from '../state/useRunDetail.ts'
import { Card } from '../ui/Card.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { count, counted } from '../ui/format.ts'
import { HeatLegend, HeatMap } from './HeatMap.tsx'
import { mapColumns, mapFigures, useInspect } from './inspect.ts'
import classes from './Inspect.module.css'
import { LayerPage } from './layer/LayerPage.tsx'
import { LayerPanel } from './layer/LayerPanel.tsx'
import { LayerTable } from './LayerTable.tsx'
import { scaleOf, scales, shownFigures } from './scale.ts'
import { VerdictCard } from './VerdictCard.tsx'

export function HealthView({ runId }: { runId: number }) {
  const revision = useRevision(runId)
  const health = useHealth(runId, revision, mapFigures, mapColumns)
  const status = useLive((s) => (s.live?.runId === runId ? s.live.status : ''))
  const detail = useRunDetail(runId, `${status} ${Math.floor(revision / 500)}`)
  const diagnosis = useDiagnosis(detail, health, revision)
  const verdicts = diagnosis?.verdicts ?? null
  const figure = usePreferences((s) => s.inspectFigure)
  const set = usePreferences((s) => s.set)
  const chosen = useInspect((s) => s.nodeId)
  const open = useInspect((s) => s.open)
  if (health !== null && health.now === null) return <NotProbed runId={runId} />

  const selected =
    health?.layers.find(({ nodeId }) => nodeId === chosen) ??
    health?.layers.find(({ nodeId }) => verdicts?.some(({ layers }) => layers[0] === nodeId)) ??
    health?.layers[0] ??
    null
  const scale = scaleOf(figure)
  if (open && selected && health)
    return <LayerPage {...{ runId, layer: selected, health, verdicts, detail, revision }} />
  return (
    <div className={classes.health}>
      <Card
        className={classes.map}
        title="Layers × time"
        note={
          health
            ? `${scale.help} · ${counted(health.total, 'probe')}${interval(health)}${health.total > health.steps.length ? `, the worst of each of ${count(health.steps.length)} columns` : ''}`
            : ''
        }
        controls={
          <>
            <Select
              aria-label="Figure in the map"
              w={170}
              value={figure}
              data={shownFigures.map((value) => ({ value, label: scales[value]?.title ?? value }))}
              onChange={(value) => value && set({ inspectFigure: value })}
            />
            <ProbeNow runId={runId} />
          </>
        }
      >
        {health && (
          <>
            <HeatMap
              health={health}
              figure={figure}
              events={detail?.events ?? []}
              selected={selected?.nodeId ?? null}
            />
            <HeatLegend scale={scale} />
          </>
        )}
      </Card>
      <VerdictCard verdicts={verdicts} layers={health?.layers ?? []} />
      <LayerTable
        health={health}
        rateLowered={diagnosis?.rateLowered ?? 0}
        selected={selected?.nodeId ?? null}
      />
      <LayerPanel runId={runId} layer={selected} revision={revision} />
    </div>
  )
}

/** ", now every 100 steps". */
function interval({ total, steps }: HealthHistory): string {
  const distance = (steps.at(-1) ?? 0) - (steps.at(-2) ?? 0)
  return total === steps.length && total > 1 ? `, now every ${counted(distance, 'step')}` : ''
}

function ProbeNow({ runId }: { runId: number }) {
  const active = useLive((s) => isActive(s.live) && s.live?.runId === runId)
  return (
    <Tooltip
      maw={300}
      label={
        active
          ? 'At the next step every value of every layer is looked at, and histograms are taken.'
          : 'Only a run that trains can be probed.'
      }
    >
      <Button
        variant="default"
        data-blocked={active ? undefined : true}
        aria-disabled={active ? undefined : true}
        leftSection={<IconTargetArrow size={15} />}
        onClick={() => active && void client.training.probe({ runId }).catch(complain)}
      >
        Probe now
      </Button>
    </Tooltip>
  )
}

function NotProbed({ runId }: { runId: number }) {
  const active = useLive((s) => isActive(s.live) && s.live?.runId === runId)
  return (
    <div className={classes.empty}>
      <EmptyState
        icon={<IconActivityHeartbeat size={36} stroke={1.4} />}
        title={active ? 'Waiting for the first steps…' : `Run ${runId} was not probed`}
      >
        {active
          ? 'Layers are looked at from the first step on.'
          : 'It was trained before layers were looked at, or with that switched off. Choose another run, or train it again.'}
      </EmptyState>
    </div>
  )
}
