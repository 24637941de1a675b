/** Says that the services cannot be reached, and whether the page tries again. */
import { Loader } from '@mantine/core'
import { useConnection } from '../state/connection.ts'
import classes from './App.module.css'

export function ConnectionBanner() {
  const { status, retryAt, session } = useConnection()
  if (status !== 'lost') return null
  return (
    <div className={classes.banner} role="alert">
      {retryAt !== null && <Loader size={14} color="var(--td-warn)" />}
      {retryAt === null
        ? 'Tapedeck’s services have stopped. Close this window and start Tapedeck again; everything stored is kept.'
        : session === 0
          ? 'Tapedeck’s services cannot be reached. Check that the server runs and that the link has its token; trying again…'
          : 'The connection to Tapedeck’s services is lost. A run that was training goes on there. Trying again…'}
    </div>
  )
}
