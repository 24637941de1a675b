/** What the workbench thinks a path is, and why; changed here before anything is read. */
import { Button, NumberInput, Progress, SegmentedControl, TextInput } from '@mantine/core'
import { IconArrowLeft, IconCheck } from '@tabler/icons-react'
import { useState } from 'react'
import type { DataKind, Guess, ImportOptions, Progress as Done, Reading } from '../../main/common/schemas.ts'
import { importOptionsSchema } from '../../main/common/schemas.ts'
import { cancelImport, importData, useImporting } from '../state/importing.ts'
import { Card } from '../ui/Card.tsx'
import { Field } from '../ui/Field.tsx'
import { count, counted } from '../ui/format.ts'
import { ClassBars } from './ClassBars.tsx'
import classes from './GuessView.module.css'
import { ImageFields } from './options/ImageFields.tsx'
import { TableFields } from './options/TableFields.tsx'
import { TextFields } from './options/TextFields.tsx'

const kindTitles: Record<DataKind, string> = {
  idx: 'Images in IDX files',
  'image-folder': 'Images, one folder per class',
  table: 'A table',
  'text-classes': 'Texts with labels',
  'running-text': 'Text for a language model',
}

interface GuessViewProps {
  guess: Guess
  onBack: () => void
}

export function GuessView({ guess: first, onBack }: GuessViewProps) {
  const readings: readonly Reading[] = [first, ...first.others]
  const [guess, setGuess] = useState<Reading>(first)
  const [options, setOptions] = useState<ImportOptions>(first.options)
  const progress = useImporting((s) => s.progress)

  const change = (part: Partial<ImportOptions>): void => setOptions((o) => ({ ...o, ...part }))
  const checked = importOptionsSchema.safeParse(options)
  const wrong = new Map(checked.error?.issues.map((issue) => [issue.path.join('.'), issue.message]))
  const busy = progress !== null

  const run = (): void => {
    if (checked.success) void importData(first, checked.data)
  }

  const { image, text, blocks, table } = options
  const readAs = (kind: string): void => {
    const reading = readings.find((one) => one.options.kind === kind) ?? first
    setGuess(reading)
    setOptions(reading.options)
  }
  return (
    <form
      className={classes.page}
      onSubmit={(event) => {
        event.preventDefault()
        run()
      }}
    >
      <div className={classes.head}>
        <Button
          variant="subtle"
          color="gray"
          leftSection={<IconArrowLeft size={15} />}
          onClick={onBack}
          px={8}
          disabled={busy}
        >
          Back
        </Button>
        <h1 className={classes.title}>{kindTitles[options.kind]}</h1>
        <span className={classes.path} title={guess.path}>
          <bdi>{guess.path}</bdi>
        </span>
      </div>
      <div className={classes.columns}>
        <Card title="What was found" className={classes.found}>
          <ul className={classes.reasons}>
            {guess.reasons.map((reason) => (
              <li key={reason}>
                <IconCheck size={15} aria-hidden className={classes.tick} />
                <span>{reason}</span>
              </li>
            ))}
          </ul>
          {guess.classes.length > 0 && (
            <>
              <div className={classes.classesHead}>
                {counted(guess.classes.length, 'class', 'classes')} · about {count(guess.sampleCount)} samples
              </div>
              <ClassBars
                classes={guess.classes.map((one) => ({ name: one.name, train: one.count, validation: 0 }))}
              />
            </>
          )}
        </Card>
        <Card title="How it will be read" className={classes.options}>
          <fieldset className={classes.fields} disabled={busy}>
            <Field label="Name">
              <TextInput
                aria-label="Name"
                value={options.name}
                maxLength={120}
                onChange={(event) => change({ name: event.currentTarget.value })}
                error={wrong.has('name') && 'Give it a name.'}
              />
            </Field>
            {readings.length > 1 && (
              <Field label="Kind" help="What the path may be taken for.">
                <SegmentedControl
                  aria-label="Kind"
                  value={options.kind}
                  data={readings.map(({ options: { kind } }) => ({ value: kind, label: kindTitles[kind] }))}
                  orientation="vertical"
                  onChange={readAs}
                />
              </Field>
            )}
            {image && options.kind !== 'idx' && (
              <ImageFields image={image} onChange={(part) => change({ image: { ...image, ...part } })} />
            )}
            {text && (
              <TextFields
                text={text}
                blocks={blocks}
                onText={(part) => change({ text: { ...text, ...part } })}
                onBlocks={(part) => blocks && change({ blocks: { ...blocks, ...part } })}
              />
            )}
            {table && (
              <TableFields
                table={table}
                columns={guess.columns}
                onChange={(part) => change({ table: { ...table, ...part } })}
              />
            )}
            {guess.givenSplit ? (
              <Field label="Validation">
                <span className={classes.given}>
                  The source brings its own validation part; it is used as it is.
                </span>
              </Field>
            ) : (
              <Field
                label="Validation"
                help="Held out of training, chosen by content: adding data later moves no sample."
              >
                <NumberInput
                  aria-label="Validation share"
                  value={Math.round(options.validationShare * 100)}
                  min={5}
                  max={50}
                  suffix=" %"
                  allowDecimal={false}
                  onChange={(value) => change({ validationShare: Number(value) / 100 })}
                  error={wrong.has('validationShare') && '5 % to 50 %'}
                />
              </Field>
            )}
          </fieldset>
          <div className={classes.foot}>
            {progress ? (
              <ImportProgress progress={progress} onCancel={cancelImport} />
            ) : (
              <Button type="submit" disabled={!checked.success}>
                Import
              </Button>
            )}
          </div>
        </Card>
      </div>
    </form>
  )
}

function ImportProgress({ progress, onCancel }: { progress: Done; onCancel: () => void }) {
  const known = progress.total > 0
  const percent = known ? (100 * progress.done) / progress.total : 100
  return (
    <div className={classes.progress}>
      <div className={classes.progressText} role="status">
        <span>{progress.note}</span>
        {known && (
          <span>
            {count(progress.done)} of {count(progress.total)}
          </span>
        )}
      </div>
      <Progress value={percent} animated={!known} striped={!known} aria-label="Import" />
      <Button variant="default" onClick={onCancel} mt={8}>
        Cancel
      </Button>
    </div>
  )
}
