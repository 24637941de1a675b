/** Whether histograms are drawn one before the other or side by side. */
import { SegmentedControl } from '@mantine/core'
import { IconChartHistogram, IconChartTreemap } from '@tabler/icons-react'
import { usePreferences } from '../../state/preferences.ts'

export function ViewSwitch() {
  const view = usePreferences((s) => s.inspectView)
  const set = usePreferences((s) => s.set)
  return (
    <SegmentedControl
      aria-label="How histograms are drawn"
      value={view}
      data={[
        { value: 'ridge', label: <IconChartHistogram size={15} aria-label="recent" /> },
        { value: 'time', label: <IconChartTreemap size={15} aria-label="over time" /> },
      ]}
      onChange={(value) => set({ inspectView: value === 'time' ? 'time' : 'ridge' })}
    />
  )
}
