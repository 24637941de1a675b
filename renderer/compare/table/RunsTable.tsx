/** All runs: found, sorted, grouped, ticked, named and thrown away here. */
import { Button } from '@mantine/core'
import type { Run } from '../../../main/common/schemas.ts'
import { brush, useRuns } from '../../state/runs.ts'
import { BinView } from './BinView.tsx'
import { Dialogs } from './Dialogs.tsx'
import { useGrid } from './grid.ts'
import { Grid } from './Grid.tsx'
import classes from './Table.module.css'
import { TableMenu } from './TableMenu.tsx'
import { Toolbar } from './Toolbar.tsx'
import { useTable } from './useTable.ts'
import { changeView } from './view.ts'

export function RunsTable({ runs }: { runs: readonly Run[] }) {
  const bin = useGrid((s) => s.bin)
  return (
    <section className={classes.table} aria-label="Runs">
      {bin ? <BinView /> : <All runs={runs} />}
    </section>
  )
}

function All({ runs }: { runs: readonly Run[] }) {
  const table = useTable(runs)
  return (
    <>
      <Toolbar table={table} runs={runs} />
      {table.rows.length === 0 ? <Nothing /> : <Grid table={table} />}
      <TableMenu table={table} />
      <Dialogs />
    </>
  )
}

function Nothing() {
  const brushed = useRuns((s) => s.brushed)
  return (
    <div className={classes.hint}>
      <p>No run matches. A word finds runs that have it in name, data, model, status, tags or note;</p>
      <p>
        a condition compares a value: <code>val/accuracy &gt; 0.7</code>, <code>lr = 0.01</code>,{' '}
        <code>not tag = &quot;bad&quot;</code>. A right click on a value offers to show only the runs that
        have it.
      </p>
      <Button
        mt="md"
        variant="default"
        onClick={() => {
          changeView({ filter: '' })
          if (brushed) brush(null)
        }}
      >
        Show all runs
      </Button>
    </div>
  )
}
