/** What the horizontal axis of the Train page's charts is in, and whether it is logarithmic; remembered. */
import { ActionIcon, Checkbox, SegmentedControl, Tooltip } from '@mantine/core'
import { IconZoomReset } from '@tabler/icons-react'
import { usePreferences, type XAxis } from '../state/preferences.ts'

const choices: { value: XAxis; label: string }[] = [
  { value: 'step', label: 'step' },
  { value: 'epoch', label: 'epoch' },
  { value: 'time', label: 'time' },
]

interface AxisControlProps {
  zoomed: boolean
  onReset: () => void
}

export function AxisControl({ zoomed, onReset }: AxisControlProps) {
  const x = usePreferences((s) => s.trainX)
  const logX = usePreferences((s) => s.trainLogX)
  const set = usePreferences((s) => s.set)
  return (
    <>
      {zoomed && (
        <Tooltip label="Show the whole run (double click, or 0)">
          <ActionIcon aria-label="Show the whole run" onClick={onReset}>
            <IconZoomReset size={16} />
          </ActionIcon>
        </Tooltip>
      )}
      <SegmentedControl
        aria-label="Horizontal axis"
        value={x}
        data={choices}
        onChange={(value) => set({ trainX: value as XAxis })}
      />
      <Checkbox
        label="log x"
        checked={logX}
        onChange={(event) => set({ trainLogX: event.currentTarget.checked })}
      />
    </>
  )
}
