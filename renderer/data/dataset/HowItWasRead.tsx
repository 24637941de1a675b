/** What the import did to the samples, the options it was made with, and the fingerprint of its content. */
import { ActionIcon, CopyButton, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import type { Dataset } from '../../../main/common/data/dataset.ts'
import { Card } from '../../ui/Card.tsx'
import classes from './DatasetView.module.css'
import { optionFacts } from './optionFacts.ts'

export function HowItWasRead({ dataset }: { dataset: Dataset }) {
  const { notes, id, path } = dataset
  return (
    <Card title="How it was read" className={classes.card}>
      {notes.length > 0 && (
        <ul className={classes.notes}>
          {notes.map((note) => (
            <li key={note} dir="auto">
              {note}
            </li>
          ))}
        </ul>
      )}
      <dl className={classes.options}>
        {optionFacts(dataset).map(([name, value]) => (
          <Fact key={name} name={name}>
            <bdi>{value}</bdi>
          </Fact>
        ))}
        <Fact name="From">
          <bdi>{path}</bdi>
        </Fact>
        <Fact name="Fingerprint">
          <CopyButton value={id}>
            {({ copied, copy }) => (
              <>
                <Tooltip label="Of its content: the same content, read in the same way, has the same everywhere">
                  <span className={classes.fingerprint}>{id}</span>
                </Tooltip>
                <ActionIcon size={18} aria-label="Copy the fingerprint" onClick={copy} ml={4}>
                  {copied ? <IconCheck size={12} /> : <IconCopy size={12} />}
                </ActionIcon>
              </>
            )}
          </CopyButton>
        </Fact>
      </dl>
    </Card>
  )
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}
