/** What is an optimizer's own, and weight decay. */
import { Checkbox } from '@mantine/core'
import { setting } from '../../../main/common/settings.ts'
import { usualBetas, usualEpsilon } from '../../../main/common/training.ts'
import { Field } from '../../ui/Field.tsx'
import classes from '../TrainPage.module.css'
import type { Form } from './form.ts'
import { NumberField } from './NumberField.tsx'
import { numbers } from './numbers.ts'

export function OptimizerFields({ config, change, mark }: Form) {
  const { optimizer } = config
  const epsilon = usualEpsilon[optimizer]
  return (
    <>
      {optimizer === 'sgd' && (
        <>
          <NumberField
            setting={numbers.momentum}
            value={config.momentum}
            onValue={(momentum) => change({ momentum: momentum ?? 0 })}
            mark={mark}
          />
          <Field label="Nesterov" help="Looks ahead along the momentum before it takes the gradient.">
            <Checkbox
              className={classes.tick}
              aria-label="Nesterov"
              checked={config.nesterov}
              disabled={config.momentum === 0}
              onChange={(event) => change({ nesterov: event.currentTarget.checked })}
            />
          </Field>
        </>
      )}
      <Betas config={config} change={change} mark={mark} />
      {optimizer === 'rmsprop' && (
        <NumberField
          setting={numbers.alpha}
          value={config.alpha}
          onValue={(alpha) => alpha !== null && change({ alpha })}
          mark={mark}
        />
      )}
      {epsilon !== undefined && (
        <NumberField
          setting={numbers.epsilon}
          value={config.epsilon}
          empty={setting(epsilon)}
          onValue={(value) => change({ epsilon: value })}
          mark={mark}
        />
      )}
      <NumberField
        setting={numbers.weightDecay}
        value={config.weightDecay}
        onValue={(weightDecay) => change({ weightDecay: weightDecay ?? 0 })}
        mark={mark}
      />
      {config.weightDecay > 0 && (
        <Field label="" help="Usually biases and the scales and shifts of norms are left alone.">
          <Checkbox
            label="On biases and norms too"
            checked={config.decayEverything}
            onChange={(event) => change({ decayEverything: event.currentTarget.checked })}
          />
        </Field>
      )}
    </>
  )
}

/** Two numbers that are kept together; left empty, each is the optimizer's own. */
function Betas({ config, change, mark }: Pick<Form, 'config' | 'change' | 'mark'>) {
  const usual = usualBetas[config.optimizer]
  if (!usual) return null
  const { betas } = config
  const set = (index: 0 | 1, typed: number | null): void => {
    const next: [number, number] = [...(betas ?? usual)]
    next[index] = typed ?? usual[index]
    change({ betas: next[0] === usual[0] && next[1] === usual[1] ? null : next })
  }
  return ([0, 1] as const).map((index) => {
    const value = betas?.[index] ?? null
    return (
      <NumberField
        key={index}
        setting={index === 0 ? numbers.beta1 : numbers.beta2}
        value={value === usual[index] ? null : value}
        empty={setting(usual[index])}
        onValue={(typed) => set(index, typed)}
        mark={mark}
      />
    )
  })
}
