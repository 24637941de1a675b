/** A line of a chart in the box at the pointer: its stroke, its name, its value. */
import type { ReactNode } from 'react'
import { LongName } from '../ui/LongName.tsx'
import classes from './LineChart.module.css'

interface TipRowProps {
  colour: string
  dash: string
  label: string
  value: string
  /** Written small behind the value. */
  more?: ReactNode
  strong?: boolean
}

export function TipRow({ colour, dash, label, value, more, strong }: TipRowProps) {
  return (
    <div className={classes.tipRow} data-strong={strong || undefined}>
      <svg width="18" height="8" aria-hidden>
        <path d="M0 4H18" stroke={colour} strokeWidth="2" strokeDasharray={dash || undefined} />
      </svg>
      <span className={classes.tipName}>
        <LongName>{label}</LongName>
      </span>
      <b>{value}</b>
      {more !== undefined && <span className={classes.tipRange}>{more}</span>}
    </div>
  )
}

/** The values beneath a smoothed line. */
export const rawText = (
  { min, max, last }: { min: number; max: number; last: number },
  format: (value: number) => string,
): string => (min < max ? `raw ${format(min)} to ${format(max)}` : `raw ${format(last)}`)
