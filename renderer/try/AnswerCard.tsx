/** How sure the network is of what: a bar for each class, or the numbers it predicts. */
import type { Answer, Subject } from '../../main/common/predict/subject.ts'
import { Card } from '../ui/Card.tsx'
import { clsx } from '../ui/clsx.ts'
import { count, counted, measure } from '../ui/format.ts'
import { ChoiceBar } from './ChoiceBar.tsx'
import { useTry } from './state.ts'
import classes from './Try.module.css'
import type { Asking } from './useAsk.ts'

/** More bars than this say nothing. */
const most = 12

interface AnswerCardProps {
  subject: Subject
  asked: Asking<Answer>
}

export function AnswerCard({ subject, asked }: AnswerCardProps) {
  const { value, busy } = asked
  const left = value ? value.choices.length - most : 0
  return (
    <Card
      className={clsx(classes.answer, busy && classes.busy)}
      title="Answer"
      note={value ? `in ${measure(value.milliseconds, 2)} ms` : ''}
    >
      <div role="status" aria-label="Answer" className={classes.choices}>
        {value === null && !asked.refusal && <p className={classes.hint}>{waitsFor[subject.input.kind]}</p>}
        {value && value.choices.length > 0 && <Choices answer={value} />}
        {left > 0 && (
          <p className={classes.less}>{counted(left, 'more class', 'more classes')}, less likely.</p>
        )}
        {value?.numbers.map(({ name, value: number }) => (
          <p key={name} className={classes.number}>
            {name} <b>{told(number)}</b>
          </p>
        ))}
        {value?.truth != null && (
          <p className={classes.truth}>
            It is <b>{value.truth}</b>
            {verdict(value.truth, value.choices[0]?.name)}
          </p>
        )}
      </div>
    </Card>
  )
}

const verdict = (truth: string, answer: string | undefined): string => {
  if (answer === undefined) return '.'
  return answer === truth ? ': right.' : `, not ${answer}.`
}

/** With all its digits as far as they are read as a number at a glance. */
const told = (number: number): string => {
  const size = Math.abs(number)
  return size >= 1000 && size < 1e12 ? count(number) : measure(number)
}

const waitsFor = {
  image: 'Draw something, or give an image: how sure the network is of each class stands here.',
  text: 'Type a text: how sure the network is of each class stands here.',
  row: 'Fill in a cell: what the network predicts stands here. Cells left empty count as missing.',
} as const

function Choices({ answer }: { answer: Answer }) {
  const explained = useTry((s) => s.output)
  return answer.choices.slice(0, most).map(({ index, name, probability }, place) => (
    <button
      key={index}
      type="button"
      className={classes.choice}
      aria-pressed={explained === null ? place === 0 : explained === index}
      title="Explain this class"
      onClick={() => useTry.setState({ output: place === 0 ? null : index })}
    >
      <ChoiceBar name={name} probability={probability} />
    </button>
  ))
}
