/** The sizes that the images had before they were resized. */
import type { Dataset } from '../../main/common/schemas.ts'
import { Card } from '../ui/Card.tsx'
import { count, counted } from '../ui/format.ts'
import classes from './DatasetView.module.css'

/** The contract lists at most this many sizes. */
const listed = 20

export function Sizes({ dataset }: { dataset: Dataset }) {
  const { sizes } = dataset
  const most = Math.max(1, ...sizes.map((size) => size.count))
  const more = sizes.length >= listed ? `the ${listed} most frequent` : counted(sizes.length, 'size')
  return (
    <Card title="Original sizes" note={`width × height · ${more}`} className={classes.sizes}>
      <div className={classes.scroll} style={{ margin: 0 }}>
        {sizes.map((size) => (
          <div key={`${size.width}x${size.height}`} className={classes.sizeRow}>
            <span>
              {size.width} × {size.height}
            </span>
            <span className={classes.bar} style={{ width: `${(100 * size.count) / most}%` }} />
            <span>{count(size.count)}</span>
          </div>
        ))}
      </div>
    </Card>
  )
}
