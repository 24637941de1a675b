/** The six places, as links: the address keeps the page. */
import {
  IconChartBar,
  IconChartLine,
  IconDatabase,
  IconHierarchy2,
  IconPlayerPlay,
  IconZoomScan,
} from '@tabler/icons-react'
import { isActive, useLive } from '../state/live.ts'
import { pages, pageTitles, railPage, usePage, type RailPage } from '../state/pages.ts'
import classes from './App.module.css'
import { ThemeMenu } from './ThemeMenu.tsx'

const icons: Record<RailPage, typeof IconDatabase> = {
  data: IconDatabase,
  build: IconHierarchy2,
  train: IconChartLine,
  inspect: IconZoomScan,
  compare: IconChartBar,
  try: IconPlayerPlay,
}

export function Rail() {
  const current = usePage((s) => railPage(s.page))
  const active = useLive((s) => isActive(s.live))
  return (
    <nav className={classes.rail} aria-label="Pages">
      {pages.map((page, i) => {
        const Icon = icons[page]
        return (
          <a
            key={page}
            href={`#/${page}`}
            className={classes.railLink}
            aria-current={page === current ? 'page' : undefined}
            title={`${pageTitles[page]} (Ctrl+${i + 1})`}
          >
            <Icon size={19} stroke={1.6} aria-hidden />
            {pageTitles[page]}
            {page === 'train' && active && <span className={classes.railDot} aria-hidden />}
          </a>
        )
      })}
      <div className={classes.railEnd}>
        <ThemeMenu />
      </div>
    </nav>
  )
}
