/** What the check-up at the end of the import found: each finding with its figure, its mend, and its samples. */
import { Button } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconInfoCircle } from '@tabler/icons-react'
import { useState } from 'react'
import type { Check, Dataset } from '../../../main/common/data/dataset.ts'
import { refreshDataset, useDatasets } from '../../state/datasets.ts'
import { Card } from '../../ui/Card.tsx'
import { counted } from '../../ui/format.ts'
import classes from './CheckUp.module.css'
import { CheckSamples } from './CheckSamples.tsx'

const severities = { warning: 'Warning', note: 'Note' } as const

export function CheckUp({ dataset }: { dataset: Dataset }) {
  return dataset.checks ? (
    <Findings dataset={dataset} found={dataset.checks} />
  ) : (
    <Card title="Check-up" note="not made" className={classes.card}>
      <NotChecked dataset={dataset} />
    </Card>
  )
}

/** A data set of a version that made none: nothing is known, which is not the same as nothing found. */
function NotChecked({ dataset }: { dataset: Dataset }) {
  const reading = useDatasets((s) => s.refreshing !== null)
  return (
    <div className={classes.finding}>
      <IconInfoCircle size={16} aria-label={severities.note} className={classes.icon} />
      <div className={classes.text}>
        <div className={classes.what}>This data set was imported before there were check-ups.</div>
        <div className={classes.mend}>
          Reading its source again looks for duplicates, samples in two parts and conflicting labels.
        </div>
        <Button
          size="compact-xs"
          variant="default"
          mt={4}
          disabled={reading}
          onClick={() => void refreshDataset(dataset.id)}
        >
          Check now
        </Button>
      </div>
    </div>
  )
}

function Findings({ dataset, found }: { dataset: Dataset; found: readonly Check[] }) {
  const [shown, setShown] = useState<Check | null>(null)
  const checks = [...found].sort((a, b) => rank(a) - rank(b))
  const warnings = checks.filter(({ severity }) => severity === 'warning').length
  const notes = checks.length - warnings
  return (
    <Card
      title="Check-up"
      note={
        [warnings > 0 && counted(warnings, 'warning'), notes > 0 && counted(notes, 'note')]
          .filter(Boolean)
          .join(' · ') || 'before you train'
      }
      className={classes.card}
    >
      {checks.length === 0 ? (
        <div className={classes.fine}>
          <IconCircleCheck size={16} aria-hidden />
          <span>No duplicates, no leaks between parts, no conflicting labels, no class left out.</span>
        </div>
      ) : (
        <ul className={classes.list} aria-label="Findings">
          {checks.map((check) => (
            <li
              key={`${check.kind} ${check.what}`}
              className={classes.finding}
              data-severity={check.severity}
            >
              {check.severity === 'warning' ? (
                <IconAlertTriangle size={16} aria-label={severities.warning} className={classes.icon} />
              ) : (
                <IconInfoCircle size={16} aria-label={severities.note} className={classes.icon} />
              )}
              <div className={classes.text}>
                <div className={classes.what} dir="auto">
                  {check.what}
                </div>
                {check.mend !== '' && (
                  <div className={classes.mend} dir="auto">
                    {check.mend}
                  </div>
                )}
                {check.groups.length > 0 && (
                  <Button
                    size="compact-xs"
                    variant="default"
                    mt={4}
                    aria-label={`Show the samples: ${check.what}`}
                    onClick={() => setShown(check)}
                  >
                    Show
                  </Button>
                )}
              </div>
            </li>
          ))}
        </ul>
      )}
      {shown && <CheckSamples dataset={dataset} check={shown} onClose={() => setShown(null)} />}
    </Card>
  )
}

/** What has to be mended stands first. */
const rank = ({ severity }: Check): number => (severity === 'warning' ? 0 : 1)
