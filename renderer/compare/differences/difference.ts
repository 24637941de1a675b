/** One thing that is said of every run, side by side. */
export const sections = ['Settings', 'Data', 'Model', 'Environment', 'Results', 'About'] as const
export type Section = (typeof sections)[number]

export interface Difference {
  section: Section
  title: string
  /** Says more than the title; empty where there is no more to say. */
  help: string
  /** One per run, in the order given. */
  values: string[]
  differs: boolean
  /** Values are codes that nobody reads as words: they are never broken. */
  isCode?: boolean
  /** Of figures: how each run stands to the baseline; null for the baseline itself and where there is nothing to compare. */
  deltas: (Delta | null)[] | null
}

export interface Delta {
  text: string
  better: boolean
}

export const none = '–'
