/** Data: what has been imported on the left; one data set, a guess, or ways to add data in the middle. */
import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { chooseDataset, useChosenDataset, useDatasets } from '../state/datasets.ts'
import { leaveImport, lookAt, showAddData, useImporting } from '../state/importing.ts'
import { BrowseModal } from '../ui/BrowseModal.tsx'
import { AddData } from './AddData.tsx'
import classes from './DataPage.module.css'
import { DatasetList } from './DatasetList.tsx'
import { DatasetView } from './dataset/DatasetView.tsx'
import { GuessView } from './guess/GuessView.tsx'
import { ImportUnderWay } from './ImportUnderWay.tsx'
import { useDrop } from './useDrop.ts'

export function DataPage() {
  const list = useDatasets((s) => s.list)
  const chosen = useChosenDataset()
  const { adding, guess, options, progress, aside } = useImporting()
  const [browsing, setBrowsing] = useState(false)
  const { over, handlers } = useDrop(() => setBrowsing(true))

  if (list === null) return null
  const empty = list.length === 0
  const guessing = guess !== null && options !== null && !(aside && chosen)
  const addingNow = !guessing && (adding || empty || !chosen)
  return (
    <div className={classes.page} data-empty={empty || undefined} data-over={over || undefined} {...handlers}>
      {!empty && (
        <aside className={classes.side} aria-label="Data sets">
          <div className={classes.sideHead}>
            <h2 className={classes.caption}>Data sets</h2>
          </div>
          <DatasetList
            list={list}
            chosenId={guessing || addingNow ? null : (chosen?.id ?? null)}
            onSelect={(id) => {
              chooseDataset(id)
              leaveImport()
            }}
          />
          <div className={classes.sideFoot}>
            {progress && aside ? (
              <ImportUnderWay name={options?.name ?? ''} progress={progress} />
            ) : (
              <Button
                variant="default"
                fullWidth
                leftSection={<IconPlus size={15} />}
                onClick={showAddData}
                disabled={progress !== null}
              >
                Add data
              </Button>
            )}
          </div>
        </aside>
      )}
      {guessing ? (
        <GuessView key={guess.path} guess={guess} options={options} />
      ) : addingNow ? (
        <AddData onBrowse={() => setBrowsing(true)} over={over} first={empty} />
      ) : (
        chosen && <DatasetView key={chosen.id} dataset={chosen} />
      )}
      {browsing && (
        <BrowseModal
          title="Choose data on this machine"
          hint="Open the folder whose folders are the classes."
          onClose={() => setBrowsing(false)}
          onChoose={(path) => {
            setBrowsing(false)
            void lookAt(path)
          }}
        />
      )}
    </div>
  )
}
