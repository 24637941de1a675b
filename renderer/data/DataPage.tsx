/** Data: what has been imported on the left; one data set, a guess, or ways to add data in the middle. */
import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import type { Guess } from '../../main/common/schemas.ts'
import { chooseDataset, useChosenDataset, useDatasets } from '../state/datasets.ts'
import { useImporting } from '../state/importing.ts'
import { AddData } from './AddData.tsx'
import classes from './DataPage.module.css'
import { DatasetList } from './DatasetList.tsx'
import { DatasetView } from './DatasetView.tsx'
import { GuessView } from './GuessView.tsx'

export function DataPage() {
  const list = useDatasets((s) => s.list)
  const chosen = useChosenDataset()
  const adding = useImporting((s) => s.adding)
  const guess = useImporting((s) => s.guess)
  const setGuess = (found: Guess | null): void => useImporting.setState({ guess: found })

  const select = (id: string): void => {
    chooseDataset(id)
    useImporting.setState({ adding: false, guess: null })
  }
  if (list === null) return null
  const empty = list.length === 0
  return (
    <div className={classes.page} data-empty={empty || undefined}>
      {!empty && (
        <aside className={classes.side} aria-label="Data sets">
          <div className={classes.sideHead}>
            <h2 className={classes.caption}>Data sets</h2>
          </div>
          <DatasetList
            list={list}
            chosenId={adding || guess ? null : (chosen?.id ?? null)}
            onSelect={select}
          />
          <div className={classes.sideFoot}>
            <Button
              variant="default"
              fullWidth
              leftSection={<IconPlus size={15} />}
              onClick={() => useImporting.setState({ adding: true, guess: null })}
            >
              Add data
            </Button>
          </div>
        </aside>
      )}
      {guess ? (
        <GuessView key={guess.path} guess={guess} onBack={() => setGuess(null)} />
      ) : adding || empty || !chosen ? (
        <AddData onGuess={setGuess} first={empty} />
      ) : (
        <DatasetView key={chosen.id} dataset={chosen} />
      )}
    </div>
  )
}
