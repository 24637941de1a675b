/** The imported data sets; the chosen one is used by Build and Train. */
import { UnstyledButton } from '@mantine/core'
import { IconBook, IconFileText, IconPhoto, IconTable } from '@tabler/icons-react'
import type { Dataset } from '../../main/common/data/dataset.ts'
import { counted } from '../ui/format.ts'
import classes from './DataPage.module.css'
import { thingsOf, totalOf, whatIsLearnt } from './describe.ts'

const icons = { image: IconPhoto, text: IconFileText, block: IconBook, row: IconTable } as const

interface DatasetListProps {
  list: readonly Dataset[]
  chosenId: string | null
  onSelect: (id: string) => void
}

export function DatasetList({ list, chosenId, onSelect }: DatasetListProps) {
  return (
    <ul className={classes.list}>
      {list.map((dataset) => {
        const Icon = icons[thingsOf(dataset)]
        const total = totalOf(dataset)
        return (
          <li key={dataset.id}>
            <UnstyledButton
              className={classes.listItem}
              aria-current={dataset.id === chosenId ? 'true' : undefined}
              onClick={() => onSelect(dataset.id)}
              title={dataset.path}
            >
              <Icon size={17} stroke={1.6} aria-hidden />
              <span className={classes.listText}>
                <span className={classes.listName}>{dataset.name}</span>
                <span className={classes.listNote}>
                  {counted(total, thingsOf(dataset))} · {whatIsLearnt(dataset)}
                </span>
              </span>
            </UnstyledButton>
          </li>
        )
      })}
    </ul>
  )
}
