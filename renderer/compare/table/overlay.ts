/** Settings of the curves, as a saved view keeps them. */
import type { TableView } from '../../../main/common/views/schemas.ts'
import { usePreferences } from '../../state/preferences.ts'

const kept = [
  'compareMetrics',
  'compareX',
  'compareLog',
  'compareLogX',
  'compareSmoothing',
  'compareGrouped',
  'compareBand',
] as const

export const overlaySettings = (): TableView['overlay'] => {
  const now = usePreferences.getState()
  return Object.fromEntries(kept.map((name) => [name, now[name]])) as TableView['overlay']
}

/** What is not there, or not of the kind it was, stays as it is. */
export function setOverlay(overlay: TableView['overlay']): void {
  const now = usePreferences.getState()
  const fits = (name: (typeof kept)[number]): boolean =>
    typeof overlay[name] === typeof now[name] && Array.isArray(overlay[name]) === Array.isArray(now[name])
  now.set(Object.fromEntries(kept.filter(fits).map((name) => [name, overlay[name]])))
}
