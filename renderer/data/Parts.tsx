/** Samples by part: training solid, validation lighter, test in outline; the same everywhere on the page. */
import type { Split } from '../../main/common/data/dataset.ts'
import { count } from '../ui/format.ts'
import { partNames } from './describe.ts'
import classes from './Parts.module.css'

interface PartsProps {
  counts: Readonly<Record<Split, number>>
}

export function Parts({ counts }: PartsProps) {
  const total = Math.max(1, counts.train + counts.validation + counts.test)
  const parts = (['train', 'validation', 'test'] as const).filter(
    (part) => counts[part] > 0 || part !== 'test',
  )
  return (
    <div className={classes.parts}>
      <div className={classes.bar} aria-hidden>
        {parts.map((part) => (
          <span key={part} data-part={part} style={{ flexGrow: counts[part] }} />
        ))}
      </div>
      <dl className={classes.figures}>
        {parts.map((part) => (
          <div key={part}>
            <dt>
              <PartKey part={part} /> {partNames[part]}
            </dt>
            <dd>
              <b>{count(counts[part])}</b> <span>{((100 * counts[part]) / total).toFixed(0)} %</span>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  )
}

/** The sign of a part in a legend. */
export const PartKey = ({ part }: { part: Split }) => (
  <span className={classes.key} data-part={part} aria-hidden />
)
