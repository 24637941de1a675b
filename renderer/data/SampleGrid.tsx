/** Samples as a grid (images) or a list (texts). Only what is in sight is asked for and kept. */
import { useElementSize } from '@mantine/hooks'
import { useState } from 'react'
import { showsImages, type Dataset, type PreviewItem, type Split } from '../../main/common/schemas.ts'
import { count } from '../ui/format.ts'
import { layOut, pagesInSight } from './gridLayout.ts'
import classes from './SampleGrid.module.css'
import { useSamples } from './useSamples.ts'

interface SampleGridProps {
  dataset: Dataset
  split: Split | null
  classIndex: number | null
}

export function SampleGrid({ dataset, split, classIndex }: SampleGridProps) {
  const { ref, width, height } = useElementSize()
  const [top, setTop] = useState(0)
  const text = !showsImages(dataset)
  const layout = layOut(largestShape(dataset), text, Math.max(0, width))
  // What the services count wins; until they answer, what the data set's record says.
  const [counted, setCounted] = useState<number | null>(null)
  const total = counted ?? expectedTotal(dataset, split, classIndex)
  const first = Math.max(0, Math.floor(top / layout.cellHeight) - 2) * layout.columns
  const last = Math.min(total, Math.ceil((top + height) / layout.cellHeight + 2) * layout.columns)
  const inSight = width > 0 ? pagesInSight(first, last) : []
  const at = useSamples({ datasetId: dataset.id, split, classIndex }, inSight, setCounted)

  const shown = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i)
  return (
    <div
      ref={ref}
      className={classes.frame}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      tabIndex={0}
      role="list"
      aria-label={`${count(total)} samples`}
      data-testid="samples"
    >
      <div
        className={text ? classes.lines : classes.ground}
        style={{ height: Math.ceil(total / layout.columns) * layout.cellHeight }}
      >
        {shown.map((position) => (
          <Cell
            key={position}
            item={at(position)}
            className={dataset.classes}
            text={text}
            style={{
              left: (position % layout.columns) * layout.cellWidth,
              top: Math.floor(position / layout.columns) * layout.cellHeight,
              width: layout.cellWidth,
              height: layout.cellHeight,
            }}
            image={layout.image}
            enlarged={layout.image.width >= Number(dataset.sampleShape[2] ?? 1)}
          />
        ))}
      </div>
      {total === 0 && <div className={classes.none}>No sample here.</div>}
    </div>
  )
}

interface CellProps {
  item: PreviewItem | undefined
  className: Dataset['classes']
  text: boolean
  style: { left: number; top: number; width: number; height: number }
  image: { width: number; height: number }
  enlarged: boolean
}

function Cell({ item, className, text, style, image, enlarged }: CellProps) {
  const name = typeof item?.classIndex === 'number' ? (className[item.classIndex]?.name ?? '') : ''
  if (text)
    return (
      <div className={classes.textCell} style={style} role="listitem">
        {className.length > 0 && (
          <span className={classes.textClass} title={name}>
            {name}
          </span>
        )}
        {item?.tokens ? (
          <Tokens tokens={item.tokens} text={item.text} />
        ) : (
          <span className={classes.text} title={item?.text ?? undefined}>
            {item?.text}
          </span>
        )}
      </div>
    )
  return (
    <div
      className={classes.cell}
      style={style}
      role="listitem"
      title={item ? `${name} · ${item.split} sample ${count(item.index)}` : undefined}
    >
      <div className={classes.picture} style={image}>
        {item?.image && (
          <img
            src={item.image}
            alt={name}
            width={image.width}
            height={image.height}
            draggable={false}
            data-enlarged={enlarged || undefined}
          />
        )}
      </div>
      <span className={classes.label} data-split={item?.split}>
        {name}
      </span>
    </div>
  )
}

/** Images of any size have cells for the largest. */
const largestShape = ({ sampleShape, symbols }: Dataset): number[] =>
  sampleShape.map((size) => (typeof size === 'number' ? size : (symbols[size]?.largest ?? 1)))

/** A text token by token, as it is trained on. */
function Tokens({ tokens, text }: { tokens: readonly string[]; text: string | null }) {
  return (
    <span className={classes.text} title={text ?? undefined}>
      {tokens.map((token, index) => (
        // A token has no other identity than its place.
        <span key={index} className={classes.token} data-unknown={token === '<unk>' || undefined}>
          {visible.get(token) ?? token}
        </span>
      ))}
    </span>
  )
}

/** White space would not be seen. */
const visible = new Map([
  [' ', '␣'],
  ['\n', '⏎'],
  ['\t', '⇥'],
])

function expectedTotal(dataset: Dataset, split: Split | null, classIndex: number | null): number {
  const counts = dataset.classes[classIndex ?? -1] ?? {
    train: dataset.trainCount,
    validation: dataset.validationCount,
  }
  return (split === 'validation' ? 0 : counts.train) + (split === 'train' ? 0 : counts.validation)
}
