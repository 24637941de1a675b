/** One layer beside the map: how a part of its values is spread. All of it is on the layer's page. */
import { ActionIcon, SegmentedControl } from '@mantine/core'
import { IconArrowsMaximize } from '@tabler/icons-react'
import { parts, type Part, type ProbedLayer } from '../../../main/common/health/figures.ts'
import { usePreferences } from '../../state/preferences.ts'
import { Card } from '../../ui/Card.tsx'
import { openLayer } from '../inspect.ts'
import inspect from '../Inspect.module.css'
import { PartPlot, spreadNote, useSpread } from './PartPlot.tsx'
import { ViewSwitch } from './ViewSwitch.tsx'

interface LayerPanelProps {
  runId: number
  layer: ProbedLayer | null
  revision: number
}

export function LayerPanel({ runId, layer, revision }: LayerPanelProps) {
  const wanted = usePreferences((s) => s.inspectPart)
  const view = usePreferences((s) => s.inspectView)
  const set = usePreferences((s) => s.set)
  const offered = partsOf(layer)
  const part = offered.includes(wanted) ? wanted : (offered[0] ?? 'activations')
  const spread = useSpread(runId, layer, part, view, revision)
  return (
    <Card
      className={inspect.panel}
      title={layer?.title ?? 'Layer'}
      note={spreadNote(spread)}
      controls={
        <>
          <ViewSwitch />
          {layer && (
            <ActionIcon
              variant="default"
              size={30}
              aria-label={`Open ${layer.title}`}
              title="All parts of this layer, and its weights"
              onClick={() => openLayer(layer.nodeId)}
            >
              <IconArrowsMaximize size={15} />
            </ActionIcon>
          )}
        </>
      }
    >
      <SegmentedControl
        aria-label="Part of the layer"
        fullWidth
        value={part}
        data={offered.map((value) => ({ value, label: value }))}
        onChange={(value) => set({ inspectPart: value as Part })}
      />
      <PartPlot spread={spread} part={part} view={view} />
    </Card>
  )
}

/** What of a layer there is. */
export const partsOf = (layer: ProbedLayer | null): readonly Part[] =>
  layer && layer.weights === 0 ? ['activations'] : parts
