/** From all runs and how the table is set up to its columns and rows. */
import { useDeferredValue, useEffect, useMemo, useState } from 'react'
import { compile, type Test } from '../../../main/common/filter/compile.ts'
import { FilterError } from '../../../main/common/filter/error.ts'
import { Fields, type Field } from '../../../main/common/filter/fields/index.ts'
import { withoutUnfinished } from '../../../main/common/filter/unfinished.ts'
import type { Run } from '../../../main/common/schemas.ts'
import type { Column } from '../../../main/common/views/schemas.ts'
import { useRuns } from '../../state/runs.ts'
import { changedField } from './changedField.ts'
import { shownColumns, usualColumns, type ShownColumn } from './columns.ts'
import { useGrid } from './grid.ts'
import { rowsOf, type Row } from './rows.ts'
import { sortRuns, type SortKey } from './sort.ts'
import { forgetValuesAt, useValuesAt, valuesAt } from './valuesAt.ts'
import { useView } from './view.ts'

export interface Table {
  fields: Fields
  find: (name: string) => Field | null
  /** As set up, the usual ones where a person has chosen none. */
  columns: readonly Column[]
  shown: readonly ShownColumn[]
  sort: readonly SortKey[]
  groupBy: readonly Field[]
  /** Runs that match, in order. */
  runs: readonly Run[]
  rows: readonly Row[]
  /** What is wrong with the filter; the last one that could be read holds on. */
  error: FilterError | null
}

/** All fields by name, those that only the page knows too. */
export function useFields(runs: readonly Run[]): Pick<Table, 'fields' | 'find'> {
  const directions = useView((s) => s.view.directions)
  const known = useValuesAt((s) => s.known)
  // While a run trains its list changes all the time; what it ends with is read again.
  const ended = runs.reduce((sum, run) => sum + Number(run.endedAt !== null), 0)
  useEffect(forgetValuesAt, [ended])
  return useMemo(() => {
    void known
    const fields = new Fields(runs, directions, (metric, at) => valuesAt(metric, at, directions))
    const changed = changedField(runs)
    return { fields, find: (name) => (name === changed.name ? changed : fields.find(name)) }
  }, [runs, directions, known])
}

export function useTable(runs: readonly Run[]): Table {
  const { fields, find } = useFields(runs)
  const view = useView((s) => s.view)
  // A plot is brushed smoothly, and the table follows as fast as it can.
  const brushed = useDeferredValue(useRuns((s) => s.brushed))
  const toggled = useGrid((s) => s.toggled)

  const { test, error } = useTest(view.filter, fields, runs)
  const sort = useMemo(
    () =>
      view.sort.flatMap(({ field, descending }) => {
        const found = find(field)
        return found ? [{ field: found, descending }] : []
      }),
    [view.sort, find],
  )
  const groupBy = useMemo(() => view.groupBy.flatMap((name) => find(name) ?? []), [view.groupBy, find])
  const matching = useMemo(() => sortRuns(runs.filter(test), sort), [runs, test, sort])
  const sorted = useMemo(
    () => (brushed === null ? matching : matching.filter(({ id }) => brushed.has(id))),
    [matching, brushed],
  )
  const rows = useMemo(
    () => rowsOf(sorted, { by: groupBy, foldSeeds: view.foldSeeds, sort, toggled }),
    [sorted, groupBy, view.foldSeeds, sort, toggled],
  )
  const columns = useMemo(() => {
    const used = ({ read }: Field): boolean => runs.some((run) => hasValue(read(run)))
    const differs = ({ read }: Field): boolean => runs.some((run) => read(run) !== read(runs[0] ?? run))
    return view.columns.length > 0 ? view.columns : usualColumns(find, used, differs, fields.metrics)
  }, [view.columns, find, fields, runs])
  const spread = groupBy.length > 0 || view.foldSeeds
  const shown = useMemo(() => shownColumns(columns, find, spread), [columns, find, spread])
  return { fields, find, columns, shown, sort, groupBy, runs: sorted, rows, error }
}

const hasValue = (value: ReturnType<Field['read']>): boolean =>
  value !== null && (typeof value !== 'object' || value.length > 0)

const everything: Test = () => true

/** Of the last filter that could be read, so that the table stands still while one is typed. */
function useTest(
  filter: string,
  fields: Fields,
  runs: readonly Run[],
): { test: Test; error: FilterError | null } {
  const made = useMemo((): { test: Test | null; error: FilterError | null } => {
    try {
      const test = compile(filter, fields)
      const shorter = runs.some(test) ? null : withoutUnfinished(filter, fields)
      return { test: shorter === null ? test : compile(shorter, fields), error: null }
    } catch (error) {
      if (!(error instanceof FilterError)) throw error
      return { test: null, error }
    }
  }, [filter, fields, runs])
  const [last, setLast] = useState<Test>(() => made.test ?? everything)
  if (made.test !== null && made.test !== last) setLast(() => made.test as Test)
  return { test: made.test ?? last, error: made.error }
}
