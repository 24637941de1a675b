/** The one button that reads the data in; its progress, and why it did not happen. */
import { Button, Progress, UnstyledButton } from '@mantine/core'
import { cancelImport, useImporting } from '../../state/importing.ts'
import { count, counted } from '../../ui/format.ts'
import { RefusalText } from '../../ui/Notices.tsx'
import type { WrongFields } from '../options/limits.ts'
import classes from './GuessView.module.css'

export function ImportFoot({ wrong }: { wrong: WrongFields }) {
  const progress = useImporting((s) => s.progress)
  const refusal = useImporting((s) => s.refusal)
  const known = progress !== null && progress.total > 0
  return (
    <div className={classes.foot}>
      {refusal && (
        <div className={classes.refusal} role="alert">
          <RefusalText {...refusal} />
        </div>
      )}
      {progress ? (
        <div className={classes.progress}>
          <div className={classes.progressText} role="status">
            <span>{progress.note}</span>
            {(known || progress.done > 0) && (
              <span>
                {count(progress.done)}
                {known && ` of ${count(progress.total)}`}
              </span>
            )}
          </div>
          <Progress
            value={known ? (100 * progress.done) / progress.total : 100}
            animated={!known}
            striped={!known}
            aria-label="Import"
          />
          <Button variant="default" onClick={cancelImport}>
            Cancel
          </Button>
        </div>
      ) : (
        <div className={classes.go}>
          <Button type="submit" disabled={wrong.size > 0}>
            Import
          </Button>
          {wrong.size > 0 ? (
            <UnstyledButton className={classes.goWrong} onClick={showWrong}>
              {counted(wrong.size, 'value is', 'values are')} not allowed: show
            </UnstyledButton>
          ) : (
            <span className={classes.goNote}>
              Your files are only read; a decoded copy goes into the workspace.
            </span>
          )}
        </div>
      )}
    </div>
  )
}

/** The field may be out of sight. */
function showWrong(): void {
  document.querySelector<HTMLElement>('form [aria-invalid="true"]')?.focus()
}
