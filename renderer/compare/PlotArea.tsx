/** The upper left of the Compare page: curves, or another plot of the runs. */
import { Tabs } from '@mantine/core'
import { useDeferredValue } from 'react'
import type { Run } from '../../main/common/schemas.ts'
import classes from './ComparePage.module.css'
import { useCompareLayout } from './layout.ts'
import { plots } from './plots.ts'

export function PlotArea({ runs }: { runs: readonly Run[] }) {
  const { plot, set } = useCompareLayout()
  const { id } = plots.find((one) => one.id === plot) ?? plots[0]
  // The tab is marked at once, the plot made in slices: in one task it would hold the page for long.
  const made = useDeferredValue(id)
  const { View } = plots.find((one) => one.id === made) ?? plots[0]
  return (
    <Tabs
      className={classes.plots}
      value={id}
      keepMounted={false}
      onChange={(value) => value !== null && set({ plot: value })}
    >
      {plots.length > 1 && (
        <Tabs.List className={classes.tabs} aria-label="Plots">
          {plots.map(({ id, title }) => (
            <Tabs.Tab key={id} value={id} className={classes.tab}>
              {title}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      )}
      <Tabs.Panel value={id} className={classes.plot}>
        <View runs={runs} />
      </Tabs.Panel>
    </Tabs>
  )
}
