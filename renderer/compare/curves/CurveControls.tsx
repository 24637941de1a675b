/** How the curves are drawn: smoothing, axes, groups. Each remembers what is chosen and says it on its button. */
import { Button, Checkbox, Popover, Radio, SegmentedControl, Slider, Stack } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { memo, type ReactNode } from 'react'
import { usePreferences, type CompareX, type CurveSmoothing } from '../../state/preferences.ts'
import { percent } from '../../ui/format.ts'
import { xTitles } from './axis.ts'
import classes from './Curves.module.css'
import { smoothingTitle } from './smoothing.ts'
import type { Curves } from './useCurves.ts'

export const CurveControls = memo(function CurveControls({ epochs }: Pick<Curves, 'epochs'>) {
  return (
    <>
      <SmoothingControl />
      <AxesControl epochs={epochs} />
      <GroupControl />
    </>
  )
})

function Panel({ name, says, children }: { name: string; says: string; children: ReactNode }) {
  return (
    <Popover position="bottom-end" width={300} shadow="md" trapFocus>
      <Popover.Target>
        <Button
          variant="subtle"
          color="gray"
          className={classes.control}
          rightSection={<IconChevronDown size={14} />}
          aria-label={`${name}: ${says}`}
        >
          {says}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={12}>
        <Stack gap={10}>{children}</Stack>
      </Popover.Dropdown>
    </Popover>
  )
}

const kinds: { value: CurveSmoothing['kind']; label: string; help: string }[] = [
  {
    value: 'ema',
    label: 'Exponential',
    help: 'Moving average without the bias at its start. It lags behind what changes fast.',
  },
  { value: 'mean', label: 'Mean', help: 'Of what lies in a window around each point. It does not lag.' },
  {
    value: 'median',
    label: 'Median',
    help: 'Of what lies in a window around each point. Spikes vanish from the line, steps stay steep.',
  },
]

function SmoothingControl() {
  const smoothing = usePreferences((s) => s.compareSmoothing)
  const set = usePreferences((s) => s.set)
  const change = (part: Partial<CurveSmoothing>): void => set({ compareSmoothing: { ...smoothing, ...part } })
  const ema = smoothing.kind === 'ema'
  return (
    <Panel name="Smoothing" says={smoothingTitle(smoothing)}>
      <SegmentedControl
        fullWidth
        aria-label="Kind of smoothing"
        value={smoothing.kind}
        data={kinds}
        onChange={(kind) => change({ kind })}
      />
      <p className={classes.help}>{kinds.find(({ value }) => value === smoothing.kind)?.help}</p>
      <Slider
        key={smoothing.kind}
        thumbLabel={ema ? 'Smoothing' : 'Width of the window'}
        size={4}
        thumbSize={12}
        min={0}
        max={ema ? 0.99 : 0.2}
        step={ema ? 0.01 : 0.005}
        label={(value) => (ema ? value.toFixed(2) : `${percent(value)} of the run`)}
        value={ema ? smoothing.weight : smoothing.window}
        onChange={(value) => change(ema ? { weight: value } : { window: value })}
      />
      <p className={classes.help}>
        The raw values stay behind the line, faint: minimum and maximum of every pixel, a spike of one step
        too.
      </p>
    </Panel>
  )
}

const xKinds = Object.entries(xTitles) as [CompareX, (typeof xTitles)[CompareX]][]

/** What is said of an axis that not all of the lines can stand over. */
const lacking = {
  all: null,
  some: 'Some of these runs have no epochs and are not drawn over them',
  none: 'None of these runs has epochs',
} as const

function AxesControl({ epochs }: Pick<Curves, 'epochs'>) {
  const { compareX, compareLog, compareLogX, set } = usePreferences()
  const logs = [compareLogX && compareX !== 'wall' ? 'log x' : '', compareLog ? 'log y' : ''].filter(Boolean)
  return (
    <Panel name="Axes" says={[`x: ${xTitles[compareX].title.toLowerCase()}`, ...logs].join(' · ')}>
      <Radio.Group
        aria-label="Horizontal axis"
        value={compareX}
        onChange={(value) => set({ compareX: value as CompareX })}
      >
        <Stack gap={6}>
          {xKinds.map(([value, { title, help }]) => (
            <Radio
              key={value}
              size="xs"
              value={value}
              label={title}
              description={(value === 'epoch' && lacking[epochs]) || help}
              disabled={value === 'epoch' && epochs === 'none'}
            />
          ))}
        </Stack>
      </Radio.Group>
      <Checkbox
        label="Logarithmic x"
        checked={compareLogX}
        disabled={compareX === 'wall'}
        onChange={(event) => set({ compareLogX: event.currentTarget.checked })}
      />
      <Checkbox
        label="Logarithmic y"
        checked={compareLog}
        onChange={(event) => set({ compareLog: event.currentTarget.checked })}
      />
    </Panel>
  )
}

function GroupControl() {
  const { compareGrouped, compareBand, set } = usePreferences()
  const says = compareGrouped ? `mean and ${compareBand === 'std' ? 'std' : 'range'}` : 'each run'
  return (
    <Panel name="Lines" says={says}>
      <Radio.Group
        aria-label="Lines"
        value={compareGrouped ? 'groups' : 'runs'}
        onChange={(value) => set({ compareGrouped: value === 'groups' })}
      >
        <Stack gap={6}>
          <Radio size="xs" value="runs" label="Each run" />
          <Radio
            size="xs"
            value="groups"
            label="Mean of groups"
            description="Runs of one group, or that differ in nothing but the seed, are one line with a band"
          />
        </Stack>
      </Radio.Group>
      <Radio.Group
        label="Band"
        value={compareBand}
        onChange={(value) => set({ compareBand: value === 'std' ? 'std' : 'range' })}
      >
        <Stack gap={6} mt={6}>
          <Radio
            size="xs"
            value="std"
            label="Standard deviation"
            description="To either side of the mean, of the lines as they are smoothed"
            disabled={!compareGrouped}
          />
          <Radio
            size="xs"
            value="range"
            label="Minimum to maximum"
            description="Of the values as they were logged"
            disabled={!compareGrouped}
          />
        </Stack>
      </Radio.Group>
    </Panel>
  )
}
