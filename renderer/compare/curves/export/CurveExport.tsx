/** The curves as they are shown, as a file: a figure for a report, or the numbers. */
import { Menu, useComputedColorScheme } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useState } from 'react'
import { coloursOf } from '../../../charts/colours.ts'
import { complain } from '../../../state/notices.ts'
import { download } from '../../../ui/download.ts'
import { figure } from './figure.ts'
import { pngOf } from './png.ts'
import { curvesCsv, curvesJson } from './rows.ts'
import { useShown, type Shown } from './shown.ts'

/** Paper is white: figures are light unless a person wants them as the page is. */
export function CurveExport() {
  const shown = useShown((s) => s.shown)
  const scheme = useComputedColorScheme()
  const [asPage, setAsPage] = useState(false)
  const svg = (of: Shown): string => figure(of, coloursOf(asPage ? scheme : 'light'))
  const item = (title: string, make: (of: Shown) => void) => (
    <Menu.Item disabled={!shown} onClick={() => shown && make(shown)}>
      {title}
    </Menu.Item>
  )
  return (
    <>
      <Menu.Label>Curves, as shown</Menu.Label>
      {item('Figure as SVG', (of) => download(`${fileName(of)}.svg`, svg(of), 'image/svg+xml'))}
      {item('Figure as PNG', (of) => {
        pngOf(svg(of)).then((blob) => download(`${fileName(of)}.png`, blob), complain)
      })}
      {scheme === 'dark' && (
        <Menu.Item
          role="menuitemcheckbox"
          aria-checked={asPage}
          closeMenuOnClick={false}
          rightSection={asPage && <IconCheck size={14} />}
          onClick={() => setAsPage(!asPage)}
        >
          Figures on dark ground
        </Menu.Item>
      )}
      {item('Values as CSV', (of) => download(`${fileName(of)}.csv`, curvesCsv(of), 'text/csv'))}
      {item('Values as JSON', (of) => download(`${fileName(of)}.json`, curvesJson(of), 'application/json'))}
    </>
  )
}

const fileName = ({ panels }: Shown): string =>
  panels.length === 1
    ? (panels[0]?.metric ?? 'curves').replaceAll(/[^\p{Letter}\p{Number}]+/gu, '-')
    : 'curves'
