/** What is chosen about one column of a table, and how to choose otherwise. */
import type { Glimpse } from '../../../main/common/data/guess.ts'
import type { ImportOptions } from '../../../main/common/data/options.ts'

type Column = Glimpse['columns'][number]
type Table = NonNullable<ImportOptions['table']>
export type ColumnKind = 'number' | 'category'

export interface ColumnChoice {
  isTarget: boolean
  /** Whether the model sees it. */
  used: boolean
  kind: ColumnKind
  setUsed: (used: boolean) => void
  setKind: (kind: ColumnKind) => void
}

/** How a column is read unless somebody says otherwise: numbers as such, everything else as categories. */
const guessed = ({ kind }: Column): ColumnKind => (kind === 'number' ? 'number' : 'category')

export function choiceOf(
  column: Column,
  table: Table,
  onChange: (part: Partial<Table>) => void,
): ColumnChoice {
  const { name } = column
  const { target, leaveOut, kinds } = table
  return {
    isTarget: name === target,
    used: !leaveOut.includes(name),
    kind: kinds[name] ?? guessed(column),
    setUsed: (used) =>
      onChange({ leaveOut: used ? leaveOut.filter((other) => other !== name) : [...leaveOut, name] }),
    setKind(kind) {
      const { [name]: _, ...others } = kinds
      onChange({ kinds: kind === guessed(column) ? others : { ...others, [name]: kind } })
    },
  }
}
