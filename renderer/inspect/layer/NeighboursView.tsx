/** The tokens whose vectors point most nearly the same way as that of a token which is typed or picked. */
import { TextInput } from '@mantine/core'
import { useDeferredValue, useState } from 'react'
import type { WeightView } from '../../../main/common/health/weights.ts'
import { count, measure } from '../../ui/format.ts'
import { visible } from '../../ui/visible.ts'
import classes from './Layer.module.css'
import { useNeighbours, type LayerAt } from './useLayerWeights.ts'

interface NeighboursViewProps {
  at: LayerAt
  view: WeightView & { kind: 'embedding' }
  revision: number
}

export function NeighboursView({ at, view, revision }: NeighboursViewProps) {
  const [typed, setTyped] = useState('')
  const found = useNeighbours(at, useDeferredValue(typed), revision)
  return (
    <>
      <div className={classes.weightsBar}>
        <TextInput
          aria-label="Token"
          placeholder="A token"
          w={160}
          value={typed}
          error={found !== null && found.token === null}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        {found?.others.map(({ id, text }) => (
          <button key={id} type="button" className={classes.token} onClick={() => setTyped(text)}>
            {visible(text)}
          </button>
        ))}
      </div>
      {found !== null && found.token === null && (
        <p className={classes.none}>No token of the vocabulary begins with “{typed}”.</p>
      )}
      {found?.token && (
        <>
          <p className={classes.scale}>
            nearest to <b className={classes.shown}>{visible(found.token.text)}</b> (length of its vector{' '}
            {measure(found.token.norm, 3)}) by cosine · {count(view.tokens)} tokens × {count(view.size)} ·
            step {count(found.step)}
          </p>
          <ol className={classes.nearest} aria-label={`Nearest to ${found.token.text}`}>
            {found.nearest.map(({ id, text, similarity }) => (
              <li key={id}>
                <button type="button" className={classes.token} onClick={() => setTyped(text)}>
                  {visible(text)}
                </button>
                <span className={classes.bar}>
                  <span style={{ width: `${Math.max(0, 100 * similarity)}%` }} />
                </span>
                <span>{similarity.toFixed(2).replace('-', '−')}</span>
              </li>
            ))}
          </ol>
        </>
      )}
    </>
  )
}
