/** The whole record of one run that was trained here, read again when `revision` changes. */
import { useEffect, useState } from 'react'
import { isOwn, type OwnRun } from '../../main/common/ownRun.ts'
import { client } from '../client.ts'
import { complain } from './notices.ts'

export function useRunDetail(runId: number | null, revision: string): OwnRun | null {
  const [detail, setDetail] = useState<OwnRun | null>(null)
  useEffect(() => {
    if (runId === null) return
    let current = true
    client.runs
      .get({ runId })
      .then((found) => {
        if (current && isOwn(found)) setDetail(found)
      })
      .catch(complain)
    return () => {
      current = false
    }
  }, [runId, revision])
  return detail?.id === runId ? detail : null
}
