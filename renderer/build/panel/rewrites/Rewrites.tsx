/** What the rewrite rules found in this model, a switch for each, and what they gain when measured. */
import { Button, Switch, Tooltip } from '@mantine/core'
import { IconStopwatch } from '@tabler/icons-react'
import { useMemo } from 'react'
import { planOf } from '../../../../main/common/plan.ts'
import { enabledRewrites, rewrite, type Found } from '../../../../main/common/rewrites/index.ts'
import type { Analysis } from '../../../../main/common/shapes.ts'
import { isActive, useLive } from '../../../state/live.ts'
import { usePreferences } from '../../../state/preferences.ts'
import { useObstacles } from '../../../state/training.ts'
import { counted, milliseconds } from '../../../ui/format.ts'
import { useCanvas } from '../../canvas.ts'
import panel from '../../Panel.module.css'
import { gainText } from './gain.ts'
import { measureGain, useGain } from './measure.ts'
import classes from './Rewrites.module.css'

export function Rewrites() {
  const analysis = useCanvas((s) => s.analysis)
  const disabled = usePreferences((s) => s.config.disabledRewrites)
  const found = useMemo(() => foundIn(analysis, disabled), [analysis, disabled])
  if (found.length === 0) return null
  return (
    <>
      <h3 className={panel.heading}>Rewrites</h3>
      <ul className={classes.list}>
        {found.map(({ rewrite: rule, matches }) => (
          <li key={rule.id}>
            <Tooltip label={rule.help} maw={300} position="left">
              <Switch
                size="xs"
                labelPosition="left"
                label={rule.title}
                description={where(matches, analysis, rule.mode === 'inference')}
                checked={!disabled.includes(rule.id)}
                onChange={(event) => toggle(rule.id, event.currentTarget.checked)}
              />
            </Tooltip>
          </li>
        ))}
      </ul>
      <Gain />
    </>
  )
}

/** Rules that found something; none in a model that cannot run. */
function foundIn(analysis: Analysis, disabled: readonly string[]): readonly Found[] {
  if (analysis.problems.length > 0) return []
  const plan = planOf(analysis)
  const enabled = enabledRewrites(disabled)
  const training = rewrite(plan, enabled, 'training').found
  const evaluation = rewrite(plan, enabled, 'inference').found
  // What holds always is told as it is while training; folding a batch norm changes what is left to fuse.
  const all = evaluation.map((one) => training.find(({ rewrite: rule }) => rule === one.rewrite) ?? one)
  return all.filter(({ matches }) => matches.length > 0)
}

function toggle(id: string, on: boolean): void {
  const { config, set } = usePreferences.getState()
  const others = config.disabledRewrites.filter((one) => one !== id)
  set({ config: { ...config, disabledRewrites: on ? others : [...others, id] } })
}

/** `2 places · Linear, ReLU`. */
function where(matches: Found['matches'], { nodes }: Analysis, evaluating: boolean): string {
  const [first = []] = matches
  const names = first.map((id) => nodes.get(id)?.title ?? id).join(', ')
  const places = matches.length > 1 ? `${counted(matches.length, 'place', 'places')}, first ` : ''
  return `${places}${names}${evaluating ? ' · when evaluating' : ''}`
}

function Gain() {
  const gain = useGain((s) => s.gain?.answer)
  const asking = useGain((s) => s.asking)
  const training = useLive((s) => isActive(s.live))
  const obstacles = useObstacles()
  if (!gain)
    return (
      <Button
        variant="default"
        leftSection={<IconStopwatch size={14} />}
        loading={asking}
        disabled={training || obstacles.length > 0}
        onClick={() => void measureGain()}
      >
        Measure their gain
      </Button>
    )
  return (
    <dl className={classes.gain}>
      {(['training', 'evaluation'] as const).map((which) => (
        <div key={which}>
          <dt>{which === 'training' ? 'Training' : 'Evaluation'}</dt>
          <dd>
            {milliseconds(gain[which].withoutMs)} → {milliseconds(gain[which].withMs)}
            <b>{gainText(gain[which])}</b>
          </dd>
        </div>
      ))}
      <small>
        a batch of {gain.batchSize}, without and with, {gain.rounds} times in turns
      </small>
    </dl>
  )
}
