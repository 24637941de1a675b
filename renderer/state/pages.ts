/** Which page is shown: the part of the address after `#/`, so Back and a reload keep it. */
import { create } from 'zustand'

export const pages = ['data', 'build', 'train', 'inspect', 'compare'] as const
export type Page = (typeof pages)[number]

export const pageTitles: Record<Page, string> = {
  data: 'Data',
  build: 'Build',
  train: 'Train',
  inspect: 'Inspect',
  compare: 'Compare',
}

const pageOf = (hash: string): Page => pages.find((page) => hash === `#/${page}`) ?? 'data'

export const usePage = create<{ page: Page }>(() => ({ page: pageOf(window.location.hash) }))

export function goTo(page: Page): void {
  window.location.hash = `#/${page}`
}

export function followAddress(): void {
  window.addEventListener('hashchange', () => usePage.setState({ page: pageOf(window.location.hash) }))
}
