/** A row of a table, cell by cell; an empty cell is a missing value. */
import { Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { InputKind } from '../../main/common/predict/subject.ts'
import { Field } from '../ui/Field.tsx'
import { measure } from '../ui/format.ts'
import { give, useTry } from './state.ts'
import classes from './Try.module.css'

type Cells = (InputKind & { kind: 'row' })['cells']

export function RowInput({ cells }: { cells: Cells }) {
  const [row, setRow] = useState<Record<string, string | null>>(() => {
    const { given } = useTry.getState()
    return given?.value.kind === 'row' ? given.value.cells : {}
  })
  const set = (name: string, value: string | null): void => {
    const next = { ...row, [name]: value === '' ? null : value }
    setRow(next)
    give({ kind: 'row', cells: next })
  }
  return (
    <div className={classes.row}>
      {cells.map((cell) => (
        <Field key={cell.name} label={cell.name}>
          {cell.kind === 'category' ? (
            <Select
              aria-label={cell.name}
              data={cell.categories}
              value={row[cell.name] ?? null}
              placeholder="missing"
              clearable
              searchable={cell.categories.length > 8}
              onChange={(value) => set(cell.name, value)}
            />
          ) : (
            <TextInput
              aria-label={cell.name}
              inputMode="decimal"
              maxLength={400}
              value={row[cell.name] ?? ''}
              placeholder={`missing, taken as ${measure(cell.typical)}`}
              onChange={(event) => set(cell.name, event.currentTarget.value)}
            />
          )}
        </Field>
      ))}
    </div>
  )
}
