/** What the rules say, in words; the worst first. Their thresholds are one click away. */
import { Button, Modal, TextInput } from '@mantine/core'
import { IconAdjustments, IconAlertTriangle, IconCircleCheck, IconEye } from '@tabler/icons-react'
import { useState } from 'react'
import type { ProbedLayer } from '../../main/common/health/figures.ts'
import { rules, thresholdOf } from '../../main/common/health/rules/index.ts'
import type { Rule, Verdict } from '../../main/common/health/rule.ts'
import { setting } from '../../main/common/settings.ts'
import { usePreferences } from '../state/preferences.ts'
import { Card } from '../ui/Card.tsx'
import { clsx } from '../ui/clsx.ts'
import { counted } from '../ui/format.ts'
import { readNumber } from '../ui/readNumber.ts'
import { chooseLayer } from './inspect.ts'
import classes from './Inspect.module.css'

interface VerdictCardProps {
  verdicts: readonly Verdict[] | null
  layers: readonly ProbedLayer[]
}

export function VerdictCard({ verdicts, layers }: VerdictCardProps) {
  const [open, setOpen] = useState(false)
  const changed = usePreferences((s) => Object.keys(s.thresholds).length)
  return (
    <Card
      className={classes.verdicts}
      title="Verdict"
      note={verdicts === null ? '' : `${counted(rules.length, 'rule')}, ${counted(layers.length, 'layer')}`}
      controls={
        <Button
          variant="subtle"
          color="gray"
          leftSection={<IconAdjustments size={15} />}
          onClick={() => setOpen(true)}
        >
          Thresholds{changed > 0 ? ` (${changed} changed)` : ''}
        </Button>
      }
    >
      <ul className={classes.verdictList} role="status" aria-label="What the rules say">
        {verdicts?.length === 0 && (
          <li className={classes.well}>
            <IconCircleCheck size={16} aria-hidden /> Every layer is within the usual range.
          </li>
        )}
        {verdicts?.map(({ rule, layers: [worst], severity, words, mend }) => (
          <li key={rule} className={clsx(classes.verdict, severity === 'bad' && classes.bad)}>
            {severity === 'bad' ? (
              <IconAlertTriangle size={15} aria-label="bad" />
            ) : (
              <IconEye size={15} aria-label="to watch" />
            )}
            <div>
              {worst === undefined ? (
                words
              ) : (
                <button type="button" className={classes.words} onClick={() => chooseLayer(worst)}>
                  {words}
                </button>
              )}
              <div className={classes.mend}>{mend}</div>
            </div>
          </li>
        ))}
      </ul>
      <Modal opened={open} onClose={() => setOpen(false)} title="Rules and their thresholds" size={640}>
        <p className={classes.faint}>
          Rules of thumb of the field. Change one where your network is an exception; it is remembered.
        </p>
        <div className={classes.rules}>
          {rules.map((rule) => (
            <RuleRow key={rule.id} rule={rule} />
          ))}
        </div>
      </Modal>
    </Card>
  )
}

function RuleRow({ rule }: { rule: Rule }) {
  const thresholds = usePreferences((s) => s.thresholds)
  const set = usePreferences((s) => s.set)
  const value = thresholdOf(rule, thresholds)
  const [text, setText] = useState(setting(value))
  const { threshold, title, help, source } = rule
  const typed = readNumber(text)
  const wrong = typed === null || typed < threshold.minimum || typed > threshold.maximum
  const keep = (next: number | null): void => {
    const { [rule.id]: _, ...rest } = usePreferences.getState().thresholds
    set({ thresholds: next === null || next === threshold.default ? rest : { ...rest, [rule.id]: next } })
  }
  return (
    <div className={classes.rule}>
      <div>
        <b>{title}</b>
        <div className={classes.mend}>
          {help}{' '}
          <a href={source.url} target="_blank" rel="noreferrer" title={source.title}>
            source
          </a>
        </div>
      </div>
      <div>
        <TextInput
          aria-label={`${title}: ${threshold.label}`}
          value={text}
          error={wrong && `A number from ${setting(threshold.minimum)} to ${setting(threshold.maximum)}.`}
          description={threshold.label}
          inputMode="decimal"
          onChange={(event) => {
            const next = event.currentTarget.value
            setText(next)
            const number = readNumber(next)
            if (number !== null && number >= threshold.minimum && number <= threshold.maximum) keep(number)
          }}
        />
        {value !== threshold.default && (
          <Button
            variant="subtle"
            size="compact-xs"
            onClick={() => {
              keep(null)
              setText(setting(threshold.default))
            }}
          >
            Back to {setting(threshold.default)}
          </Button>
        )}
      </div>
    </div>
  )
}
