/** How the path will be read: its name, what its samples become, and the parts. */
import { TextInput } from '@mantine/core'
import type { Glimpse, Reading } from '../../../main/common/data/guess.ts'
import type { ImportOptions } from '../../../main/common/data/options.ts'
import { changeOptions } from '../../state/importing.ts'
import { Card } from '../../ui/Card.tsx'
import { Field } from '../../ui/Field.tsx'
import { ColumnFields } from '../options/ColumnFields.tsx'
import { HeaderField } from '../options/HeaderField.tsx'
import { ImageFields } from '../options/ImageFields.tsx'
import type { WrongFields } from '../options/limits.ts'
import { PartFields } from '../options/PartFields.tsx'
import { TableFields } from '../options/TableFields.tsx'
import { TextFields } from '../options/TextFields.tsx'
import classes from './GuessView.module.css'
import { withHeader } from './header.ts'

interface HowReadProps {
  reading: Reading
  options: ImportOptions
  glimpse: Glimpse | null
  wrong: WrongFields
  busy: boolean
}

export function HowRead({ reading, options, glimpse, wrong, busy }: HowReadProps) {
  const { columns, image, text, blocks, table } = options
  // Names by the header that is chosen; by the one that was guessed until a glimpse is there.
  const names = glimpse?.columns.length ? glimpse.columns.map(({ name }) => name) : reading.columns
  const headerField = (header: boolean) =>
    reading.headerRow && (
      <HeaderField
        header={header}
        ready={glimpse !== null && glimpse.columns.length > 0}
        onChange={(wanted) => glimpse && changeOptions(withHeader(options, wanted, glimpse))}
      />
    )
  return (
    <Card title="How it will be read" className={classes.card}>
      <fieldset className={classes.fields} disabled={busy}>
        <div className={classes.name}>
          <Field label="Name">
            <TextInput
              aria-label="Name"
              value={options.name}
              maxLength={120}
              onChange={(event) => changeOptions({ name: event.currentTarget.value })}
              error={wrong.get('name')}
            />
          </Field>
        </div>
        {columns && (
          <ColumnFields
            columns={columns}
            names={names}
            header={headerField(columns.header)}
            wrong={wrong}
            onChange={(part) => changeOptions({ columns: { ...columns, ...part } })}
          />
        )}
        {image && options.kind !== 'idx' && (
          <ImageFields
            image={image}
            wrong={wrong}
            onChange={(part) => changeOptions({ image: { ...image, ...part } })}
          />
        )}
        {text && (
          <TextFields
            text={text}
            blocks={blocks}
            wrong={wrong}
            onText={(part) => changeOptions({ text: { ...text, ...part } })}
            onBlocks={(part) => blocks && changeOptions({ blocks: { ...blocks, ...part } })}
          />
        )}
        {table && (
          <TableFields
            table={table}
            columns={names}
            header={headerField(table.header)}
            wrong={wrong}
            onChange={(part) => changeOptions({ table: { ...table, ...part } })}
          />
        )}
        <PartFields
          options={options}
          reading={reading}
          columns={names}
          wrong={wrong}
          onChange={changeOptions}
        />
      </fieldset>
    </Card>
  )
}
