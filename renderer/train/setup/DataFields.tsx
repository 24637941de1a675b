/** How samples become batches: by tokens, by class, changed at random; each where the data allows it. */
import { applies } from '../../../main/common/applicable.ts'
import { AugmentationFields } from './AugmentationFields.tsx'
import { BalanceField } from './BalanceField.tsx'
import type { Form } from './form.ts'
import { NumberField } from './NumberField.tsx'
import { numbers } from './numbers.ts'

export function DataFields({ config, dataset, change, mark }: Form) {
  if (!dataset) return null
  const has = applies(dataset)
  return (
    <>
      {has.tokenBudget && (
        <NumberField
          setting={numbers.tokenBudget}
          value={config.tokenBudget}
          onValue={(tokenBudget) => change({ tokenBudget })}
          mark={mark}
        />
      )}
      {has.balance && (
        <BalanceField dataset={dataset} value={config.balance} onChange={(balance) => change({ balance })} />
      )}
      {has.augmentation && (
        <AugmentationFields
          dataset={dataset}
          seed={config.seed}
          value={config.augmentation}
          onChange={(augmentation) => change({ augmentation })}
          onWrong={mark}
        />
      )}
    </>
  )
}
