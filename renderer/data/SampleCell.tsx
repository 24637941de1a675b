/** One sample: an image as it is trained on, or a text with its class. */
import type { CSSProperties } from 'react'
import type { Dataset, PreviewItem } from '../../main/common/data/dataset.ts'
import { count, withShortDecimals } from '../ui/format.ts'
import { partNames } from './describe.ts'
import classes from './SampleGrid.module.css'
import { Tokens } from './Tokens.tsx'

interface CellProps {
  item: PreviewItem | undefined
  classNames: Dataset['classes']
  style?: CSSProperties
}

const nameOf = (item: PreviewItem | undefined, names: Dataset['classes']): string =>
  typeof item?.classIndex === 'number' ? (names[item.classIndex]?.name ?? '') : ''

interface ImageCellProps extends CellProps {
  image: { width: number; height: number }
  enlarged: boolean
}

export function ImageCell({ item, classNames, style, image, enlarged }: ImageCellProps) {
  const name = nameOf(item, classNames)
  return (
    <div
      className={classes.cell}
      style={style}
      role="listitem"
      title={
        item ? `${name} · ${partNames[item.split].toLowerCase()} · sample ${count(item.index)}` : undefined
      }
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
      <bdi className={classes.label} data-split={item?.split}>
        {name}
      </bdi>
    </div>
  )
}

interface TextCellProps extends CellProps {
  /** Whether it is a row of a table, whose numbers may be long. */
  row: boolean
}

export function TextCell({ item, classNames, style, row }: TextCellProps) {
  const text = item?.text ?? ''
  const name = nameOf(item, classNames)
  return (
    <div className={classes.textCell} style={style} role="listitem">
      {classNames.length > 0 && (
        <bdi className={classes.textClass} data-split={item?.split} title={name}>
          {name}
        </bdi>
      )}
      {item?.tokens ? (
        <Tokens
          className={classes.text}
          tokens={item.tokens.map((text) => ({ text, id: null, unknown: text === '<unk>' }))}
          title={item.text ?? undefined}
        />
      ) : (
        <span className={classes.text} dir="auto" title={text}>
          {row ? withShortDecimals(text) : text}
        </span>
      )}
    </div>
  )
}
