/** The window: top bar, rail, one page, status bar. */
import { useMantineColorScheme } from '@mantine/core'
import { useDeferredValue } from 'react'
import { BuildPage } from '../build/BuildPage.tsx'
import { ComparePage } from '../compare/ComparePage.tsx'
import { DataPage } from '../data/DataPage.tsx'
import { useChosenDataset } from '../state/datasets.ts'
import { InspectPage } from '../inspect/InspectPage.tsx'
import { SweepsPage } from '../sweep/SweepsPage.tsx'
import { pageTitles, usePage } from '../state/pages.ts'
import { TrainPage } from '../train/TrainPage.tsx'
import { TryPage } from '../try/TryPage.tsx'
import { Notices } from '../ui/Notices.tsx'
import classes from './App.module.css'
import { ConnectionBanner } from './ConnectionBanner.tsx'
import { Rail } from './Rail.tsx'
import { ReadOnlyBanner } from './ReadOnlyBanner.tsx'
import { StatusBar } from './StatusBar.tsx'
import { TopBar } from './TopBar.tsx'
import { useShortcuts } from './useShortcuts.ts'

export function App() {
  useMantineColorScheme({ keepTransitions: false })
  useShortcuts()
  // Drawn in slices, between which inputs are heard; the rail shows at once where one is going.
  const page = useDeferredValue(usePage((s) => s.page))
  const dataset = useChosenDataset()
  return (
    <div className={classes.window}>
      <ConnectionBanner />
      <ReadOnlyBanner />
      <TopBar />
      <Rail />
      <main className={classes.page} aria-label={pageTitles[page]}>
        {page === 'data' && <DataPage />}
        {page === 'build' && <BuildPage dataset={dataset} />}
        {page === 'train' && <TrainPage />}
        {page === 'inspect' && <InspectPage />}
        {page === 'compare' && <ComparePage />}
        {page === 'sweeps' && <SweepsPage />}
        {page === 'try' && <TryPage />}
      </main>
      <StatusBar />
      <Notices />
    </div>
  )
}
