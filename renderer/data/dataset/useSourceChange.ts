/** Looks whether a data set's source has changed: when it is shown, and when the window comes back to the front. */
import { useEffect, useState } from 'react'
import type { Dataset, SourceChange } from '../../../main/common/data/dataset.ts'
import { client } from '../../client.ts'

export function useSourceChange({ id, importedAt }: Dataset): SourceChange | null {
  const [change, setChange] = useState<SourceChange | null>(null)
  useEffect(() => {
    const controller = new AbortController()
    const look = (): void => {
      // A hint only: where it cannot be had, nothing is lost.
      client.data.changed({ datasetId: id }, { signal: controller.signal }).then(setChange, () => undefined)
    }
    look()
    window.addEventListener('focus', look)
    return () => {
      window.removeEventListener('focus', look)
      controller.abort()
    }
  }, [id, importedAt])
  return change
}
