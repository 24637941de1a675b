/** Images as the options would have them: what each was, what it becomes, and which cannot be read. */
import { IconPhotoX } from '@tabler/icons-react'
import type { Glimpse } from '../../../main/common/data/guess.ts'
import classes from './Preview.module.css'

type Shown = Glimpse['images'][number]

/** Longer side on the screen, in pixels. */
const side = 112

export function ImagePreview({ images }: { images: readonly Shown[] }) {
  return (
    <ul className={classes.images} aria-label="Preview of images">
      {images.map((one) => (
        <li key={one.item} className={classes.image} title={titleOf(one)}>
          <div className={classes.frame} data-damaged={one.problem !== null || undefined}>
            {one.image !== null && one.stored ? (
              <img src={one.image} alt={one.className} {...drawn(one.stored)} draggable={false} />
            ) : (
              <span className={classes.damaged}>
                <IconPhotoX size={18} stroke={1.5} aria-hidden />
                <span>{one.problem}</span>
              </span>
            )}
          </div>
          <bdi className={classes.imageName}>{one.className}</bdi>
          <span className={classes.imageSize}>{sizes(one)}</span>
        </li>
      ))}
    </ul>
  )
}

/** Small images are enlarged by a whole factor, large ones fitted. */
function drawn({ width, height }: { width: number; height: number }): { width: number; height: number } {
  const longer = Math.max(width, height)
  const scale = longer <= side ? Math.max(1, Math.floor(side / longer)) : side / longer
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

function sizes({ original, stored }: Shown): string {
  if (!original || !stored) return 'set aside'
  const [from, to] = [original, stored].map(({ width, height }) => `${width} × ${height}`)
  return from === to ? `${to}` : `${from} → ${to}`
}

const titleOf = (one: Shown): string => `${one.item}\n${one.problem ?? sizes(one)}`
