/** Curves of the ticked runs: one chart for each chosen metric, all over the same axis, with one cursor. */
import { ActionIcon, Tooltip } from '@mantine/core'
import { useDebouncedValue, useElementSize } from '@mantine/hooks'
import { IconZoomReset } from '@tabler/icons-react'
import { useCallback, useEffect, useMemo, useState } from 'react'
import type { Run } from '../../../main/common/schemas.ts'
import { usePreferences } from '../../state/preferences.ts'
import { useRuns } from '../../state/runs.ts'
import { Card } from '../../ui/Card.tsx'
import { counted, measure, share } from '../../ui/format.ts'
import { xTitles } from './axis.ts'
import { CurveChart } from './CurveChart.tsx'
import { CurveControls } from './CurveControls.tsx'
import classes from './Curves.module.css'
import { wholeDomain } from './domain.ts'
import { useShown } from './export/shown.ts'
import { columnsFor } from './grid.ts'
import { drawnOf, namesOf } from './metricNames.ts'
import { MetricPicker } from './MetricPicker.tsx'
import { statePoints } from './state.ts'
import { useCurves } from './useCurves.ts'
import { zooming, type View } from './view.ts'

const unit = [0, 1] as const
const isShare = (metric: string): boolean => metric.endsWith('/accuracy')
const boundsOf = (metric: string) => (isShare(metric) ? { bounds: unit } : {})
/** Steps, epochs, ... that are worth looking at alone, as a share of all. */
const leastShare = 1e-6

export function CurvesCard({ runs }: { runs: readonly Run[] }) {
  const ticked = useRuns((s) => s.ticked)
  const {
    compareMetrics,
    compareX,
    compareLog,
    compareLogX,
    compareSmoothing,
    compareGrouped,
    compareBand,
    set,
  } = usePreferences()
  const [width, setWidth] = useState(0)
  const onWidth = useCallback((pixels: number) => setWidth(Math.ceil(pixels / 50) * 50), [])
  const grid = useElementSize<HTMLDivElement>()
  const [view, setView] = useState<View>(null)
  // While a person pans, the vertical axis stands still.
  const [rest] = useDebouncedValue(view, 140, { leading: true })

  const chosen = useMemo(() => runs.filter((run) => ticked.has(run.id)), [runs, ticked])
  // What nobody chose stays while the same runs are looked at, though their other metrics become lines meanwhile.
  const [kept, setKept] = useState({ ticked: new Set() as ReadonlySet<number>, metrics: [] as string[] })
  const wanted = compareMetrics.length === 0 && kept.ticked === ticked ? kept.metrics : compareMetrics
  const drawn = useMemo(() => drawnOf(chosen, wanted), [chosen, wanted])
  if (kept.ticked !== ticked && namesOf(chosen).some((name) => drawn.includes(name)))
    setKept({ ticked, metrics: drawn })
  const choose = useCallback((compareMetrics: string[]) => set({ compareMetrics }), [set])
  const logX = compareLogX && compareX !== 'wall'

  const curves = useCurves({
    runs: chosen,
    metrics: drawn,
    buckets: width,
    view,
    x: compareX,
    smoothing: compareSmoothing,
    band: compareGrouped ? compareBand : null,
  })
  const { byMetric } = curves
  const everyCurve = useMemo(() => [...byMetric.values()].flat(), [byMetric])
  const [first, last] = useMemo(() => wholeDomain(everyCurve, compareX, logX), [everyCurve, compareX, logX])
  const whole = useMemo(() => [first, last] as const, [first, last])
  const gestures = useMemo(
    () => zooming(whole, logX, compareX === 'step' ? 4 : (last - first) * leastShare),
    [whole, logX, compareX, first, last],
  )
  const axis = useMemo(() => [compareX, logX], [compareX, logX])
  const [zoomedOn, setZoomedOn] = useState(axis)
  // What was zoomed into on one axis is no place on another.
  if (zoomedOn !== axis) {
    setZoomedOn(axis)
    setView(null)
  }

  const { columns, rowHeight } = columnsFor(drawn.length, grid.width, grid.height)
  const points = useMemo(() => statePoints(everyCurve, rest, width), [everyCurve, rest, width])
  const runsDrawn = new Set(everyCurve.flatMap(({ runIds }) => runIds)).size
  const note = [
    runsDrawn === chosen.length || curves.waiting
      ? counted(chosen.length, 'run')
      : `${runsDrawn} of ${counted(chosen.length, 'run')}`,
    points,
    curves.homeless > 0 ? `${counted(curves.homeless, 'curve')} without ${compareX}` : '',
  ].filter(Boolean)
  const statement = note.join(' · ')

  useEffect(() => {
    const panels = drawn.map((metric) => ({
      metric,
      curves: byMetric.get(metric) ?? [],
      ...boundsOf(metric),
    }))
    const shown = {
      panels,
      x: compareX,
      xDomain: view ?? whole,
      logX,
      logY: compareLog,
      smoothing: compareSmoothing,
      band: compareGrouped ? compareBand : null,
      statement,
    }
    useShown.setState({ shown: everyCurve.length > 0 ? shown : null })
  })
  useEffect(() => () => useShown.setState({ shown: null }), [])

  return (
    <Card
      title={<MetricPicker runs={chosen} chosen={drawn} onChange={choose} />}
      note={chosen.length === 0 ? '' : <span title={statement}>{statement}</span>}
      controls={
        <>
          {view && (
            <Tooltip label="Show the whole runs (double click, or 0)">
              <ActionIcon aria-label="Show the whole runs" onClick={() => setView(null)}>
                <IconZoomReset size={16} />
              </ActionIcon>
            </Tooltip>
          )}
          <CurveControls epochs={curves.epochs} />
        </>
      }
    >
      <div
        ref={grid.ref}
        className={classes.grid}
        style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`, gridAutoRows: rowHeight }}
      >
        {drawn.map((metric) => {
          const of = byMetric.get(metric) ?? []
          return (
            <div key={metric} className={classes.cell}>
              {drawn.length > 1 && (
                <h3 className={classes.cellTitle} title={metric}>
                  {metric}
                </h3>
              )}
              <CurveChart
                metric={metric}
                label={`${metric} of ${counted(of.length, 'run')}`}
                curves={of}
                x={compareX}
                xDomain={view ?? whole}
                limits={whole}
                yOver={rest ?? whole}
                log={compareLog}
                logX={logX}
                zooming={gestures}
                view={view}
                onView={setView}
                {...boundsOf(metric)}
                format={isShare(metric) ? share : measure}
                onWidth={onWidth}
                settled={curves.settled}
                empty={
                  chosen.length === 0
                    ? 'Tick runs in the table to draw them here.'
                    : curves.settled
                      ? `No ticked run has ${metric} over ${xTitles[compareX].title.toLowerCase()}.${curves.homeless > 0 ? ' Choose another axis: step and time are always there.' : ''}`
                      : ''
                }
              />
            </div>
          )
        })}
      </div>
    </Card>
  )
}
