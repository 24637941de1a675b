/** A list of rows of one height, of which only those in sight are in the page. */
import { useElementSize, useMergedRef } from '@mantine/hooks'
import { useEffect, useRef, useState, type CSSProperties, type ReactNode } from 'react'
import { clsx } from './clsx.ts'
import classes from './VirtualList.module.css'

interface VirtualListProps {
  count: number
  rowHeight: number
  /** The list grows with its rows up to this height in pixels, and scrolls from there on. */
  maxHeight: number
  label?: string
  className?: string | undefined
  /** A row that is kept in sight. */
  active?: number
  children: (index: number) => ReactNode
}

/** Rows drawn beyond the edges, so that Tab finds the next one. */
const beyond = 4

export function VirtualList({
  count,
  rowHeight,
  maxHeight,
  label,
  className,
  active,
  children,
}: VirtualListProps) {
  const list = useRef<HTMLDivElement>(null)
  const { ref, height } = useElementSize<HTMLDivElement>()
  const frame = useMergedRef(ref, list)
  const [top, setTop] = useState(0)
  useEffect(() => {
    const element = list.current
    if (!element || active === undefined) return
    const above = active * rowHeight
    if (above < element.scrollTop) element.scrollTop = above
    else if (above + rowHeight > element.scrollTop + element.clientHeight)
      element.scrollTop = above + rowHeight - element.clientHeight
  }, [active, rowHeight])
  const whole = count * rowHeight
  const seen = height > 0 ? height : Math.min(whole, maxHeight)
  const first = Math.max(0, Math.floor(top / rowHeight) - beyond)
  const last = Math.min(count, Math.ceil((top + seen) / rowHeight) + beyond)
  const rows = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i)
  return (
    <div
      ref={frame}
      className={clsx(classes.frame, className)}
      style={{ maxHeight }}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
    >
      <ul className={classes.list} aria-label={label} style={{ height: whole }}>
        {rows.map((index) => (
          <li
            key={index}
            className={classes.row}
            style={{ top: index * rowHeight, height: rowHeight } satisfies CSSProperties}
            aria-setsize={count}
            aria-posinset={index + 1}
          >
            {children(index)}
          </li>
        ))}
      </ul>
    </div>
  )
}
