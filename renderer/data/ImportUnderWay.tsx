/** An import that goes on while another data set is looked at: how far it is, and the way back to it. */
import { Progress, UnstyledButton } from '@mantine/core'
import type { Progress as Done } from '../../main/common/schemas.ts'
import { returnToImport } from '../state/importing.ts'
import classes from './DataPage.module.css'

export function ImportUnderWay({ name, progress }: { name: string; progress: Done }) {
  const known = progress.total > 0
  return (
    <UnstyledButton
      className={classes.underWay}
      onClick={returnToImport}
      aria-label={`Importing ${name}: show`}
    >
      <span className={classes.listName}>Importing {name}</span>
      <span className={classes.listNote}>{progress.note}</span>
      <Progress
        value={known ? (100 * progress.done) / progress.total : 100}
        animated={!known}
        striped={!known}
        mt={4}
        aria-hidden
      />
    </UnstyledButton>
  )
}
