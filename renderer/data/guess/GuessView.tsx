/** What the workbench thinks a path is, and why; everything can be changed and is seen before anything is read. */
import { Button } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { importOptionsSchema, type ImportOptions } from '../../../main/common/data/options.ts'
import { type Guess, type Reading } from '../../../main/common/data/guess.ts'
import { importData, leaveImport, useImporting } from '../../state/importing.ts'
import { kindTitles } from '../describe.ts'
import { wrongFields } from '../options/limits.ts'
import { Found } from './Found.tsx'
import classes from './GuessView.module.css'
import { HowRead } from './HowRead.tsx'
import { ImportFoot } from './ImportFoot.tsx'
import { Preview } from './Preview.tsx'
import { useGlimpse, useSurvey } from './questions.ts'

interface GuessViewProps {
  guess: Guess
  options: ImportOptions
}

export function GuessView({ guess, options }: GuessViewProps) {
  const busy = useImporting((s) => s.progress !== null)
  const reading = readingOf(guess, options)
  const wrong = wrongFields(options)
  const glimpsed = useGlimpse(guess.path, options, wrong.size > 0)
  const surveyed = useSurvey(guess.path, options, wrong.size > 0)
  return (
    <form
      className={classes.page}
      aria-label="Import"
      onSubmit={(event) => {
        event.preventDefault()
        if (wrong.size === 0) void importData(guess, importOptionsSchema.parse(options))
      }}
    >
      <header className={classes.head}>
        <Button
          variant="subtle"
          color="gray"
          leftSection={<IconArrowLeft size={15} />}
          onClick={leaveImport}
          px={8}
        >
          Back
        </Button>
        <h1 className={classes.title}>{kindTitles[options.kind]}</h1>
        <span className={classes.path} title={guess.path}>
          <bdi>{guess.path}</bdi>
        </span>
      </header>
      <div className={classes.columns}>
        <div className={classes.left}>
          <div className={classes.scroll}>
            <Found guess={guess} reading={reading} busy={busy} />
            <HowRead
              reading={reading}
              options={options}
              glimpse={glimpsed.answer}
              wrong={wrong}
              busy={busy}
            />
          </div>
          <ImportFoot wrong={wrong} />
        </div>
        <div className={classes.right}>
          <Preview reading={reading} options={options} glimpsed={glimpsed} surveyed={surveyed} busy={busy} />
        </div>
      </div>
    </form>
  )
}

/** The reading that the options are a change of. */
const readingOf = (guess: Guess, options: ImportOptions): Reading =>
  [guess, ...guess.others].find((one) => one.options.kind === options.kind) ?? guess
