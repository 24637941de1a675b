/** What is done to gradients before an update, and the average of the weights. */
import { count } from '../../ui/format.ts'
import type { Form } from './form.ts'
import { NumberField } from './NumberField.tsx'
import { numbers } from './numbers.ts'

export function GradientFields({ config, change, mark }: Form) {
  const { accumulate, batchSize, tokenBudget } = config
  const together =
    tokenBudget === null
      ? `${count(accumulate * batchSize)} samples`
      : `up to ${count(accumulate * tokenBudget)} tokens`
  return (
    <>
      <NumberField
        setting={numbers.clipNorm}
        value={config.clipNorm}
        onValue={(clipNorm) => change({ clipNorm })}
        mark={mark}
      />
      <NumberField
        setting={numbers.clipValue}
        value={config.clipValue}
        onValue={(clipValue) => change({ clipValue })}
        mark={mark}
      />
      <NumberField
        setting={numbers.accumulate}
        value={accumulate}
        help={`${numbers.accumulate.help} ${accumulate > 1 ? `The effective batch is ${together}.` : 'A large batch in the memory of a small one.'}`}
        onValue={(typed) => typed !== null && change({ accumulate: typed })}
        mark={mark}
      />
      <NumberField setting={numbers.ema} value={config.ema} onValue={(ema) => change({ ema })} mark={mark} />
    </>
  )
}
