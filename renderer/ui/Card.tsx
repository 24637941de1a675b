/** A panel with a heading, a line of what it shows, and room for controls. */
import { clsx } from './clsx.ts'
import classes from './Card.module.css'
import type { CSSProperties, ReactNode } from 'react'

interface CardProps {
  title: ReactNode
  /** Says what is counted or drawn. */
  note?: ReactNode
  controls?: ReactNode
  children: ReactNode
  className?: string | undefined
  style?: CSSProperties
  /** Content runs to the edges (tables, lists). */
  flush?: boolean
}

export function Card({ title, note, controls, children, className, style, flush }: CardProps) {
  return (
    <section className={clsx(classes.card, flush && classes.flush, className)} style={style}>
      <header className={classes.head}>
        <h2 className={classes.title}>{title}</h2>
        {note !== undefined && <span className={classes.note}>{note}</span>}
        {controls !== undefined && <div className={classes.controls}>{controls}</div>}
      </header>
      {children}
    </section>
  )
}
