/** Pages of samples, fetched when they come into sight and forgotten when they leave it. */
import { useEffect, useRef, useState } from 'react'
import type { PreviewItem, Split } from '../../main/common/data/dataset.ts'
import { client } from '../client.ts'
import { complain } from '../state/notices.ts'
import { pageSize } from './gridLayout.ts'

export interface SampleQuery {
  datasetId: string
  split: Split | null
  classIndex: number | null
}

/** Pages kept beside those in sight, so that scrolling back a little is instant. */
const kept = 6

/**
 * One query for the life of the component: give it a `key` of data set, split and class.
 * @returns the sample at a position, undefined while it is on its way.
 */
export function useSamples(
  { datasetId, split, classIndex }: SampleQuery,
  inSight: readonly number[],
  onTotal: (total: number) => void,
): (position: number) => PreviewItem | undefined {
  const [pages, setPages] = useState<ReadonlyMap<number, PreviewItem[]>>(new Map())
  const asked = useRef(new Set<number>())
  const wanted = inSight.join(' ')

  useEffect(() => {
    const numbers = wanted === '' ? [] : wanted.split(' ').map(Number)
    for (const number of numbers) {
      if (asked.current.has(number)) continue
      asked.current.add(number)
      client.data
        .preview({ datasetId, split, classIndex, offset: number * pageSize, limit: pageSize })
        .then((answer) => {
          onTotal(answer.total)
          setPages((before) => {
            const after = new Map(before).set(number, answer.items)
            for (const old of after.keys()) {
              if (after.size <= numbers.length + kept) break
              if (numbers.includes(old) || old === number) continue
              after.delete(old)
              asked.current.delete(old)
            }
            return after
          })
        })
        .catch((error: unknown) => {
          asked.current.delete(number)
          complain(error)
        })
    }
  }, [datasetId, split, classIndex, wanted, onTotal])

  return (position) => pages.get(Math.floor(position / pageSize))?.[position % pageSize]
}
