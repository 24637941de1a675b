/** The whole record of one run, read again when `revision` changes. */
import { useEffect, useState } from 'react'
import type { RunDetail } from '../../main/common/schemas.ts'
import { client } from '../client.ts'
import { complain } from './notices.ts'

export function useRunDetail(runId: number | null, revision: string): RunDetail | null {
  const [detail, setDetail] = useState<RunDetail | null>(null)
  useEffect(() => {
    if (runId === null) return
    let current = true
    client.runs
      .get({ runId })
      .then((found) => {
        if (current) setDetail(found)
      })
      .catch(complain)
    return () => {
      current = false
    }
  }, [runId, revision])
  return detail?.id === runId ? detail : null
}
