/** A layer's weights as something to look at, now or at a checkpoint. */
import { Select } from '@mantine/core'
import { useState } from 'react'
import type { ProbedLayer } from '../../../main/common/health/figures.ts'
import type { OwnRun } from '../../../main/common/ownRun.ts'
import { isActive, useLive } from '../../state/live.ts'
import { Card } from '../../ui/Card.tsx'
import { count } from '../../ui/format.ts'
import { FiltersView } from './FiltersView.tsx'
import classes from './Layer.module.css'
import { NeighboursView } from './NeighboursView.tsx'

interface WeightsCardProps {
  runId: number
  layer: ProbedLayer
  detail: OwnRun | null
  revision: number
}

export function WeightsCard({ runId, layer, detail, revision }: WeightsCardProps) {
  const active = useLive((s) => isActive(s.live) && s.live?.runId === runId)
  const [chosen, setChosen] = useState<number | null>(null)
  const checkpoints = detail?.checkpoints ?? []
  // One that was replaced meanwhile is not there to be read.
  const checkpointId = checkpoints.some(({ id }) => id === chosen) ? chosen : null
  const { view } = layer
  const at = { runId, nodeId: layer.nodeId, checkpointId }
  const readable = active || checkpoints.length > 0
  return (
    <Card
      className={classes.weights}
      title={view?.kind === 'embedding' ? 'Nearest tokens' : 'Filters'}
      controls={
        view &&
        readable && (
          <Select
            aria-label="Weights of"
            w={190}
            value={checkpointId === null ? 'now' : String(checkpointId)}
            data={[
              { value: 'now', label: active ? 'now' : 'the last checkpoint' },
              ...checkpoints
                .toReversed()
                .map(({ id, step, kind }) => ({ value: String(id), label: `step ${count(step)} (${kind})` })),
            ]}
            onChange={(value) => setChosen(value === 'now' || value === null ? null : Number(value))}
          />
        )
      }
    >
      {!view && (
        <p className={classes.none}>
          Filters of convolutions and of a Linear over images are drawn here, and of an Embedding the nearest
          tokens. This layer has neither.
        </p>
      )}
      {view && !readable && <p className={classes.none}>This run kept no weights.</p>}
      {view?.kind === 'filters' && readable && (
        <FiltersView key={layer.nodeId} at={at} view={view} revision={revision} />
      )}
      {view?.kind === 'embedding' && readable && (
        <NeighboursView key={layer.nodeId} at={at} view={view} revision={revision} />
      )}
    </Card>
  )
}
