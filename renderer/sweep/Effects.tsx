/** What each setting did: the objective by its values, and how much of the differences it explains. */
import { useMemo } from 'react'
import type { SweepDetail } from '../../main/common/sweeps/contract.ts'
import { fewestCombinations, importanceOf, type Importance } from '../../main/common/sweeps/importance.ts'
import { combinationsOf } from '../../main/common/sweeps/results.ts'
import { setting as written } from '../../main/common/settings.ts'
import { Card } from '../ui/Card.tsx'
import { counted, percent } from '../ui/format.ts'
import { axisOf, pointsOf } from './points.ts'
import classes from './SweepsPage.module.css'
import { TrialScatter } from './TrialScatter.tsx'

const method =
  'How much of the differences between the combinations this setting explains by itself: eta squared of their ranks (Kruskal and Wallis 1952), corrected for chance. The interval holds nine of ten bootstrap resamples. What two settings do together is not seen.'

export function Effects({ sweep }: { sweep: SweepDetail }) {
  const { spec, trials, objective } = sweep
  const halving = spec.method.kind === 'halving'
  const importances = useMemo(() => {
    const [first] = trials
    // Values of other rungs cannot be compared.
    const combinations = combinationsOf(trials, spec.method.kind === 'halving' ? 0 : null)
    return first ? importanceOf(combinations, Object.keys(first.choices), objective.direction) : []
  }, [trials, objective.direction, spec.method.kind])
  if (importances.length === 0) return null
  return (
    <div className={classes.effects}>
      {importances.map((importance) => (
        <Effect key={importance.setting} sweep={sweep} importance={importance} firstRung={halving} />
      ))}
    </div>
  )
}

interface EffectProps {
  sweep: SweepDetail
  importance: Importance
  /** Importance is worked out from what all trials had after the first rung. */
  firstRung: boolean
}

function Effect({ sweep, importance, firstRung }: EffectProps) {
  const axis = useMemo(() => axisOf(sweep, importance.setting), [sweep, importance.setting])
  const points = useMemo(() => pointsOf(sweep, axis.xOf), [sweep, axis])
  const { field, places, log } = axis
  const name = field.group === 'Training' ? field.title : `${field.group}: ${field.title.toLowerCase()}`
  return (
    <Card title={name} className={classes.effect} note={log ? 'log' : ''}>
      <TrialScatter
        label={`${sweep.objective.metric} by ${name}`}
        points={points}
        logX={log}
        places={places ?? undefined}
        formatX={written}
        xName=""
      />
      <p className={classes.importance} title={method}>
        {inWords(importance)}
        {firstRung && importance.share !== null && ' After the first rung.'}
      </p>
    </Card>
  )
}

function inWords({ share, low, high, combinations }: Importance): string {
  if (share === null)
    return combinations < fewestCombinations
      ? `Too few to say how much it matters: ${counted(combinations, 'combination')}, at least ${fewestCombinations} are needed.`
      : 'It had one value only.'
  const range = `${percent(low)} to ${percent(high)} in a 90 % interval, ${combinations} combinations`
  if (low === 0)
    return `Cannot be told from chance: explains ${percent(share)} of the differences (${range}).`
  return `Explains ${percent(share)} of the differences (${range}).`
}
