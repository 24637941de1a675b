/** Says that another process writes to the workspace, so that it can only be read here, until that one is closed. */
import { useEffect } from 'react'
import { lookAgain, useApp } from '../state/app.ts'
import { useConnection } from '../state/connection.ts'
import classes from './App.module.css'

/** Milliseconds between two looks. */
const interval = 5000

const shells: Record<string, string> = {
  desktop: 'a window',
  browser: 'a server',
  cli: 'the command line',
}

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
  if (!shown) return null
  const { holder } = readOnly
  return (
    <div className={classes.banner} role="status" aria-label="Read only">
      {holder === null
        ? 'The other Tapedeck has been closed. Start this one again to change something; until then everything can be looked at.'
        : `Read only: ${shells[holder.shell] ?? 'another Tapedeck'} (process ${holder.pid}) writes to this workspace. What it does is shown here as it happens.`}
    </div>
  )
}
