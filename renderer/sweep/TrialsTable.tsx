/** Every trial of a sweep: what was chosen, what came of it, its run. */
import { ActionIcon, Tooltip, UnstyledButton } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconPlayerSkipForward, IconRefresh } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import type { SweepDetail, Trial } from '../../main/common/sweeps/contract.ts'
import { choiceText, sweepField, type SweepField } from '../../main/common/sweeps/fields.ts'
import { compare } from '../../main/common/sweeps/halving.ts'
import { bestOf } from '../../main/common/sweeps/results.ts'
import { goTo } from '../state/pages.ts'
import { tickOnly } from '../state/runs.ts'
import { retryTrials, skipTrial } from '../state/sweeps.ts'
import { Card } from '../ui/Card.tsx'
import { counted, measure } from '../ui/format.ts'
import classes from './SweepsPage.module.css'

export function TrialsTable({ sweep }: { sweep: SweepDetail }) {
  const { spec, trials, objective } = sweep
  const [byValue, setByValue] = useState(false)
  const fields = useMemo(
    () => spec.dimensions.map(({ setting }) => sweepField(spec.document, setting)),
    [spec.dimensions, spec.document],
  )
  const best = useMemo(() => bestOf(trials, objective.direction), [trials, objective.direction])
  const rows = byValue ? sorted(trials, objective.direction) : trials
  const halving = spec.method.kind === 'halving'
  return (
    <Card title="Trials" note={counted(trials.length, 'trial')} flush className={classes.trials}>
      <div className={classes.tableScroll}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th data-numeric>
                <Sorter on={!byValue} up onClick={() => setByValue(false)}>
                  Trial
                </Sorter>
              </th>
              {fields.map(({ setting, short, title }) => (
                <th key={setting} title={title} data-numeric>
                  {short}
                </th>
              ))}
              {spec.seeds > 1 && <th data-numeric>seed</th>}
              {halving && <th data-numeric>rungs</th>}
              <th data-numeric>
                <Sorter on={byValue} up={objective.direction === 'min'} onClick={() => setByValue(true)}>
                  {objective.metric}
                </Sorter>
              </th>
              <th>State</th>
              <th>Run</th>
              <th aria-label="Actions" />
            </tr>
          </thead>
          <tbody>
            {rows.map((trial) => (
              <Row
                key={trial.number}
                sweep={sweep}
                trial={trial}
                fields={fields}
                best={best?.trials.includes(trial) ?? false}
              />
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  )
}

/** Those that went furthest first: values of other rungs cannot be compared. */
const sorted = (trials: readonly Trial[], direction: SweepDetail['objective']['direction']): Trial[] =>
  trials.toSorted(
    (a, b) => b.values.length - a.values.length || compare(a.values.at(-1), b.values.at(-1), direction),
  )

interface SorterProps {
  on: boolean
  up: boolean
  onClick: () => void
  children: string
}

function Sorter({ on, up, onClick, children }: SorterProps) {
  const Icon = up ? IconArrowUp : IconArrowDown
  return (
    <UnstyledButton className={classes.sorter} aria-pressed={on} onClick={onClick}>
      {children}
      {on && <Icon size={12} aria-hidden />}
    </UnstyledButton>
  )
}

interface RowProps {
  sweep: SweepDetail
  trial: Trial
  fields: readonly SweepField[]
  best: boolean
}

function Row({ sweep, trial, fields, best }: RowProps) {
  const { number, choices, seed, values, status, runId, error } = trial
  const value = values.at(-1)
  return (
    <tr data-best={best || undefined}>
      <td data-numeric>{number}</td>
      {fields.map((field) => (
        <td key={field.setting} data-numeric>
          {choiceText(field, choices[field.setting] ?? null)}
        </td>
      ))}
      {sweep.spec.seeds > 1 && <td data-numeric>{seed}</td>}
      {sweep.spec.method.kind === 'halving' && <td data-numeric>{values.length}</td>}
      <td data-numeric className={classes.value}>
        {best && <span className={classes.bestMark}>best </span>}
        {value === undefined || value === null ? '–' : measure(value)}
      </td>
      <td
        className={classes.trialState}
        data-status={status}
        title={error ? `${error.what} ${error.mend}` : undefined}
      >
        {stateOf(sweep, trial)}
        {error && `: ${error.what}`}
      </td>
      <td>
        {runId !== null && (
          <UnstyledButton
            className={classes.runLink}
            onClick={() => {
              tickOnly([runId])
              goTo('compare')
            }}
          >
            run {runId}
          </UnstyledButton>
        )}
      </td>
      <td className={classes.actions}>
        {(status === 'waiting' || status === 'running') && (
          <Tooltip label="Leave this trial out">
            <ActionIcon
              size={22}
              aria-label={`Skip trial ${number}`}
              onClick={() => void skipTrial(sweep.id, number)}
            >
              <IconPlayerSkipForward size={14} />
            </ActionIcon>
          </Tooltip>
        )}
        {(status === 'failed' || status === 'skipped') && (
          <Tooltip label="Try it again from its start">
            <ActionIcon
              size={22}
              aria-label={`Try trial ${number} again`}
              onClick={() => void retryTrials(sweep.id, number)}
            >
              <IconRefresh size={14} />
            </ActionIcon>
          </Tooltip>
        )}
      </td>
    </tr>
  )
}

function stateOf({ status: of }: SweepDetail, { status, runId, values }: Trial): string {
  if (status === 'running') return 'training'
  if (status !== 'waiting') return status
  if (of === 'finished' || of === 'stopped') return 'not run to its end'
  return runId === null || values.length > 0 ? 'waiting' : 'interrupted'
}
