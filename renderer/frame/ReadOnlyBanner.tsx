/** Says that another process writes to the workspace, so that it can only be read here; offers to write once that is closed. */
import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import { holderWords } from '../../main/common/holder.ts'
import { client } from '../client.ts'
import { lookAgain, useApp } from '../state/app.ts'
import { complain, withdraw } from '../state/notices.ts'
import { useConnection } from '../state/connection.ts'
import classes from './App.module.css'

/** Milliseconds between two looks. */
const interval = 5000

export function ReadOnlyBanner() {
  const readOnly = useApp((s) => s.info?.readOnly ?? null)
  const lost = useConnection((s) => s.status === 'lost')
  const shown = readOnly !== null && !lost
  useEffect(() => {
    if (!shown) return
    // Where the connection is lost the other banner says so.
    const timer = setInterval(() => void lookAgain().catch(() => undefined), interval)
    return () => clearInterval(timer)
  }, [shown])
  const [taking, setTaking] = useState(false)
  const takeOver = async (): Promise<void> => {
    setTaking(true)
    // Another one may have been faster: then it says who writes now.
    await client.app.takeOver().then(() => withdraw('workspace/read-only'), complain)
    await lookAgain().catch(complain)
    setTaking(false)
  }
  if (!shown) return null
  const { holder } = readOnly
  return (
    <div className={classes.banner} role="status" aria-label="Read only">
      {holder === null
        ? 'Read only: the Tapedeck that wrote to this workspace has been closed. Take over to train and change things here.'
        : `Read only: ${holderWords(holder)} writes to this workspace. Its runs are on Compare while they train; once it is closed you can take over.`}
      {holder === null && (
        <Button size="compact-xs" loading={taking} onClick={() => void takeOver()}>
          Take over
        </Button>
      )}
    </div>
  )
}
