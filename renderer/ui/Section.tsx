/** Fields that belong together, under a small heading inside a card. */
import type { ReactNode } from 'react'
import classes from './Section.module.css'

export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={classes.section} aria-label={title}>
      <h3 className={classes.title}>{title}</h3>
      {children}
    </section>
  )
}
