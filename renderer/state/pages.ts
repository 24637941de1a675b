/** Which page is shown: the part of the address after `#/`, so Back and a reload keep it. */
import { create } from 'zustand'

export const pages = ['data', 'build', 'train', 'inspect', 'compare', 'try'] as const
export type RailPage = (typeof pages)[number]

/** Pages that belong to one of those. */
const inside = { sweeps: 'compare' } as const satisfies Record<string, RailPage>

export type Page = RailPage | keyof typeof inside

/** The one that is lit in the rail. */
export const railPage = (page: Page): RailPage => (page === 'sweeps' ? inside[page] : page)

export const pageTitles: Record<Page, string> = {
  data: 'Data',
  build: 'Build',
  train: 'Train',
  inspect: 'Inspect',
  compare: 'Compare',
  sweeps: 'Sweeps',
  try: 'Try',
}

const pageOf = (hash: string): Page =>
  [...pages, 'sweeps' as const].find((page) => hash === `#/${page}`) ?? 'data'

export const usePage = create<{ page: Page }>(() => ({ page: pageOf(window.location.hash) }))

export function goTo(page: Page): void {
  window.location.hash = `#/${page}`
}

export function followAddress(): void {
  window.addEventListener('hashchange', () => usePage.setState({ page: pageOf(window.location.hash) }))
}
