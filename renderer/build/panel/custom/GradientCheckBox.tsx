/** The button that compares an operator's gradients with finite differences, and what came of it, input by input. */
import { Button } from '@mantine/core'
import { IconCircleCheck, IconCircleX, IconMathFunction } from '@tabler/icons-react'
import { useState } from 'react'
import { formatShape } from '../../../../main/common/dims.ts'
import type { GradientCheck } from '../../../../main/common/inspection.ts'
import type { NodeAnalysis } from '../../../../main/common/shapes.ts'
import { client } from '../../../client.ts'
import { chosenDataset } from '../../../state/datasets.ts'
import { isActive, useLive } from '../../../state/live.ts'
import { explain, type ShownRefusal } from '../../../state/notices.ts'
import { useModel } from '../../store.ts'
import classes from './Custom.module.css'
import { deviation, outcome, position } from './outcome.ts'

interface Answer {
  /** The texts and shapes that it is about. */
  about: string
  checks: readonly GradientCheck[]
  refusal: ShownRefusal | null
}

export function GradientCheckBox({ analysed }: { analysed: NodeAnalysis }) {
  const { node, inputs, parameters } = analysed
  const [answer, setAnswer] = useState<Answer | null>(null)
  const [asking, setAsking] = useState(false)
  const training = useLive((s) => isActive(s.live))
  const about = JSON.stringify([parameters, Object.values(inputs).map(formatShape)])
  const current = answer?.about === about ? answer : null
  const derived = String(parameters['backward'] ?? '').trim() === ''

  const check = async (): Promise<void> => {
    setAsking(true)
    const { document } = useModel.getState()
    const question = { document, nodeId: node.id, datasetId: chosenDataset()?.id ?? null }
    try {
      setAnswer({ about, checks: await client.models.checkGradients(question), refusal: null })
    } catch (error) {
      setAnswer({ about, checks: [], refusal: explain(error) })
    } finally {
      setAsking(false)
    }
  }
  return (
    <section className={classes.check} aria-live="polite">
      <Button
        variant="default"
        leftSection={<IconMathFunction size={15} />}
        loading={asking}
        disabled={training}
        onClick={() => void check()}
      >
        Check gradients
      </Button>
      {training && <p>A run is training; the engine is free when it has ended.</p>}
      {!training && !current && (
        <p>
          {answer
            ? 'Changed since the last check.'
            : `Compares ${derived ? 'the derived gradient' : 'your backward'} with finite differences on small random numbers.`}
        </p>
      )}
      {current?.refusal && (
        <p className={classes.wrong}>
          {current.refusal.what} {current.refusal.mend}
        </p>
      )}
      {current?.checks.map((one) => (
        <Row key={one.input} check={one} />
      ))}
    </section>
  )
}

function Row({ check }: { check: GradientCheck }) {
  const { input, passed, largest } = check
  return (
    <div className={classes.row} data-passed={passed}>
      <header>
        {passed ? <IconCircleCheck size={15} aria-hidden /> : <IconCircleX size={15} aria-hidden />}
        <b>{input}</b>
        <span>{outcome(check)}</span>
      </header>
      {!passed && largest && (
        <table>
          <caption>
            ∂{largest.output}
            {position(largest.of)} / ∂{input}
            {position(largest.index)}
          </caption>
          <tbody>
            <tr>
              <th scope="row">your backward</th>
              <td>{deviation(largest.analytical)}</td>
            </tr>
            <tr>
              <th scope="row">finite differences</th>
              <td>{deviation(largest.numerical)}</td>
            </tr>
          </tbody>
        </table>
      )}
    </div>
  )
}
