/** What the samples will be like when they are read as chosen. */
import { Loader } from '@mantine/core'
import type { ImportOptions } from '../../../main/common/data/options.ts'
import type { Glimpse, Reading, Survey } from '../../../main/common/data/guess.ts'
import { changeOptions } from '../../state/importing.ts'
import { usePreferences } from '../../state/preferences.ts'
import { Card } from '../../ui/Card.tsx'
import { count, counted } from '../../ui/format.ts'
import { RefusalText } from '../../ui/Notices.tsx'
import { ClassBars } from '../ClassBars.tsx'
import { ColumnTable } from './ColumnTable.tsx'
import { ImagePreview } from './ImagePreview.tsx'
import classes from './Preview.module.css'
import { LengthPreview } from './LengthPreview.tsx'
import { RowPreview } from './RowPreview.tsx'
import { isBag, TextPreview } from './TextPreview.tsx'
import type { Answered } from './useAnswer.ts'

interface PreviewProps {
  reading: Reading
  options: ImportOptions
  glimpsed: Answered<Glimpse>
  surveyed: Answered<Survey>
  busy: boolean
}

interface TextCardsProps {
  options: ImportOptions
  text: NonNullable<ImportOptions['text']>
  surveyed: Answered<Survey>
  batchSize: number
  busy: boolean
}

function TextCards({ options, text, surveyed, batchSize, busy }: TextCardsProps) {
  const { answer: survey, progress, refusal } = surveyed
  const bag = isBag(options)
  return (
    <>
      <Card
        title={bag ? 'Words' : 'Tokens'}
        note={progress ? progress.note : 'point at one for its id'}
        controls={progress && <Loader size={12} aria-label="Looking" />}
        className={classes.card}
      >
        {refusal ? (
          <div role="alert">
            <RefusalText {...refusal} />
          </div>
        ) : survey ? (
          <TextPreview survey={survey} bag={bag} thing={options.blocks ? 'part' : 'text'} />
        ) : (
          <div className={classes.waiting}>Reading some of the texts…</div>
        )}
      </Card>
      {!refusal && survey && survey.lengths.length > 0 && !bag && (
        <Card title="Lengths" note="in tokens, before anything is cut" className={classes.card}>
          <LengthPreview
            lengths={survey.lengths}
            maximum={text.maximumLength}
            batchSize={batchSize}
            busy={busy}
            onChange={(maximumLength) => changeOptions({ text: { ...text, maximumLength } })}
          />
        </Card>
      )}
    </>
  )
}

export function Preview({ reading, options, glimpsed, surveyed, busy }: PreviewProps) {
  const { answer: glimpse, progress, refusal } = glimpsed
  const { table, columns, text } = options
  const batchSize = usePreferences((s) => s.config.batchSize)
  const images = glimpse?.images ?? []
  const damaged = images.filter(({ problem }) => problem !== null).length
  const busyNote = progress && <Loader size={12} aria-label="Looking" />
  return (
    <>
      {text && (
        <TextCards options={options} text={text} surveyed={surveyed} batchSize={batchSize} busy={busy} />
      )}
      {refusal && !text && (
        <Card title="Preview" className={classes.card}>
          <div role="alert">
            <RefusalText {...refusal} />
          </div>
        </Card>
      )}
      {!refusal && !text && glimpse === null && (
        <Card title="Preview" className={classes.card} controls={busyNote}>
          <div className={classes.waiting}>Reading a few samples…</div>
        </Card>
      )}
      {!refusal && images.length > 0 && (
        <Card
          title="Preview"
          note={`${counted(images.length, 'image')} of about ${count(reading.sampleCount)}, as they will be trained on${damaged > 0 ? ` · ${damaged} cannot be read` : ''}`}
          controls={busyNote}
          className={classes.card}
        >
          <ImagePreview images={images} />
        </Card>
      )}
      {!refusal && table && glimpse && glimpse.columns.length > 0 && (
        <Card
          title="Columns"
          note={counted(glimpse.columns.length, 'column')}
          controls={busyNote}
          className={classes.card}
        >
          <ColumnTable
            columns={glimpse.columns}
            table={table}
            busy={busy}
            onChange={(part) => changeOptions({ table: { ...table, ...part } })}
          />
        </Card>
      )}
      {!refusal && glimpse && glimpse.rows.length > 0 && (
        <Card title="First rows" className={classes.card} controls={busyNote}>
          <RowPreview
            columns={glimpse.columns}
            rows={glimpse.rows}
            marked={
              columns
                ? { [columns.input]: 'sample', [columns.label]: 'label' }
                : table
                  ? { [table.target]: 'to predict' }
                  : {}
            }
          />
        </Card>
      )}
      {reading.classes.length > 0 && options.table?.task !== 'regress' && (
        <Card
          title="Classes"
          note={counted(reading.classes.length, 'class', 'classes')}
          className={classes.card}
        >
          <ClassBars
            classes={reading.classes.map((one) => ({
              name: one.name,
              train: one.count,
              validation: 0,
              test: 0,
            }))}
          />
        </Card>
      )}
    </>
  )
}
