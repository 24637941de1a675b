/** How large the samples are: lengths of texts, sizes of images, before and after they were read. */
import type { Dataset } from '../../../main/common/data/dataset.ts'
import { Card } from '../../ui/Card.tsx'
import { count, counted } from '../../ui/format.ts'
import { thingsOf } from '../describe.ts'
import { Histogram } from '../Histogram.tsx'
import classes from './DatasetView.module.css'

/** The contract lists at most this many sizes. */
const listed = 20
/** Sizes shown; the rest is a tail of single images. */
const mostShown = 8

const symbolNames: Readonly<Record<string, { title: string; unit: string }>> = {
  T: { title: 'Length', unit: 'tokens' },
  H: { title: 'Height', unit: 'pixels' },
  W: { title: 'Width', unit: 'pixels' },
}

export function Sizes({ dataset }: { dataset: Dataset }) {
  const symbols = Object.entries(dataset.symbols).filter(([, { histogram }]) => histogram.length > 1)
  return (
    <>
      {symbols.length > 0 && (
        <Card
          title={symbols.some(([name]) => name === 'T') ? 'Lengths' : 'Sizes'}
          note="as they are trained on"
          className={classes.card}
        >
          {symbols.map(([name, { typical, p90, p99, largest, histogram }]) => {
            const { title, unit } = symbolNames[name] ?? { title: name, unit: '' }
            return (
              <div key={name} className={classes.symbol}>
                <div className={classes.symbolName}>
                  {title}, {unit} · largest {count(largest)}
                </div>
                <Histogram
                  label={title}
                  bars={histogram}
                  unit={unit}
                  things={`${thingsOf(dataset)}s`}
                  marks={[
                    { label: 'p50', value: typical },
                    { label: 'p90', value: p90 },
                    { label: 'p99', value: p99 },
                  ]}
                />
              </div>
            )
          })}
        </Card>
      )}
      {dataset.sizes.length > 1 && <OriginalSizes sizes={dataset.sizes} />}
    </>
  )
}

function OriginalSizes({ sizes }: Pick<Dataset, 'sizes'>) {
  const most = Math.max(1, ...sizes.map((size) => size.count))
  const shown = sizes.slice(0, mostShown)
  const all =
    sizes.length >= listed ? `the most frequent of ${listed} or more` : counted(sizes.length, 'size')
  return (
    <Card title="Original sizes" note={`width × height · ${all}`} className={classes.card}>
      {shown.map((size) => (
        <div key={`${size.width}x${size.height}`} className={classes.sizeRow}>
          <span>
            {size.width} × {size.height}
          </span>
          <span className={classes.bar} style={{ width: `${(100 * size.count) / most}%` }} />
          <span>{count(size.count)}</span>
        </div>
      ))}
    </Card>
  )
}
