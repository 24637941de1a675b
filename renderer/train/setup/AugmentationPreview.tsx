/** Some training images, and what the first epochs of a run with these settings would make of them. */
import { useEffect, useState } from 'react'
import type { Augmentation } from '../../../main/common/training.ts'
import type { AugmentedItem } from '../../../main/common/schemas.ts'
import { client } from '../../client.ts'
import { explain } from '../../state/notices.ts'
import classes from '../TrainPage.module.css'

/** Images shown. */
const shown = 4

/** Milliseconds without a change before the pictures are asked for. */
const calm = 200

interface AugmentationPreviewProps {
  datasetId: string
  augmentation: Augmentation
  seed: number
}

export function AugmentationPreview({ datasetId, augmentation, seed }: AugmentationPreviewProps) {
  const [items, setItems] = useState<AugmentedItem[] | null>(null)
  const [refusal, setRefusal] = useState<string | null>(null)
  useEffect(() => {
    const abort = new AbortController()
    const timer = setTimeout(() => {
      client.data
        .augmented({ datasetId, augmentation, seed, count: shown }, { signal: abort.signal })
        .then((found) => {
          if (abort.signal.aborted) return
          setItems(found)
          setRefusal(null)
        })
        .catch((error: unknown) => {
          if (abort.signal.aborted) return
          const refused = explain(error)
          if (refused) setRefusal(`${refused.what} ${refused.mend}`)
        })
    }, calm)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [datasetId, augmentation, seed])

  if (refusal !== null) return <p className={classes.previewNote}>{refusal}</p>
  if (!items) return <p className={classes.previewNote}>Making a preview…</p>
  return (
    <table className={classes.variants} aria-label="Training images and what five epochs make of them">
      <thead>
        <tr>
          <th scope="col">as it is</th>
          {items[0]?.variants.map((_, epoch) => (
            <th key={epoch} scope="col" title={`As epoch ${epoch + 1} of a run with this seed sees it`}>
              {epoch === 0 ? 'epoch 1' : epoch + 1}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {items.map(({ row, original, variants }) => (
          <tr key={row}>
            <td>
              <img src={original} alt={`Training image ${row + 1}`} />
            </td>
            {variants.map((variant, epoch) => (
              <td key={epoch}>
                <img src={variant} alt={`The same in epoch ${epoch + 1}`} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
