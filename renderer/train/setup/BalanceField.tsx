/** What is done about unbalanced classes, and how unbalanced they are. */
import { SegmentedControl } from '@mantine/core'
import { imbalanceOf } from '../../../main/common/imbalance.ts'
import type { Dataset } from '../../../main/common/data/dataset.ts'
import type { TrainConfig } from '../../../main/common/training.ts'
import { Field } from '../../ui/Field.tsx'
import { count, measure } from '../../ui/format.ts'

type Balance = TrainConfig['balance']

const helps: Record<Balance, string> = {
  none: 'Every sample counts once.',
  weights: 'The loss of a class counts the more, the rarer it is.',
  sampling: 'Every class is drawn equally often; rare samples come again.',
}

interface BalanceFieldProps {
  dataset: Dataset
  value: Balance
  onChange: (value: Balance) => void
}

export function BalanceField({ dataset, value, onChange }: BalanceFieldProps) {
  return (
    <Field
      label="Balance"
      help={
        <>
          {unequal(dataset)} {helps[value]}
        </>
      }
    >
      <SegmentedControl
        aria-label="Balance of classes"
        fullWidth
        value={value}
        data={[
          { value: 'none', label: 'None' },
          { value: 'weights', label: 'Weights' },
          { value: 'sampling', label: 'Sampling' },
        ]}
        onChange={(chosen) => onChange(chosen as Balance)}
      />
    </Field>
  )
}

function unequal(dataset: Dataset): string {
  const imbalance = imbalanceOf(dataset)
  if (!imbalance) return ''
  const { ratio, smallest, largest } = imbalance
  if (ratio < 1.05) return 'Classes are equally large.'
  return `${largest.name} has ${count(largest.count)}, ${smallest.name} ${count(smallest.count)}: ${measure(ratio, 2)} to 1.`
}
