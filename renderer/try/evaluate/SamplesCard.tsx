/** Samples of the chosen cell, or the worst of all: what they are, and what they were taken for. */
import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import type { Evaluated, Evaluation } from '../../../main/common/evaluation/evaluation.ts'
import { client } from '../../client.ts'
import { complain } from '../../state/notices.ts'
import { Card } from '../../ui/Card.tsx'
import { count, counted } from '../../ui/format.ts'
import { percentOf } from '../percentOf.ts'
import { give } from '../state.ts'
import { chooseCell, useEvaluation, type Cell } from './evaluation.ts'
import classes from './Evaluate.module.css'

const atOnce = 40

export function SamplesCard({ evaluation, onAsk }: { evaluation: Evaluation; onAsk: () => void }) {
  const cell = useEvaluation((s) => s.cell)
  const { figures } = evaluation
  const names = figures.task === 'classify' ? figures.classes.map(({ name }) => name) : []
  return (
    <Card
      className={classes.samples}
      title={cell ? titleOf(cell, names) : 'Worst first'}
      controls={
        cell && (
          <Button size="compact-sm" variant="default" onClick={() => chooseCell(null)}>
            All samples
          </Button>
        )
      }
    >
      <Samples
        key={`${evaluation.id} ${cell?.target} ${cell?.predicted}`}
        evaluation={evaluation}
        cell={cell}
        onAsk={onAsk}
      />
    </Card>
  )
}

const titleOf = ({ target, predicted }: Cell, names: readonly string[]): string =>
  target === predicted ? `${names[target]}, recognised` : `${names[target]} taken for ${names[predicted]}`

interface SamplesProps {
  evaluation: Evaluation
  cell: Cell | null
  onAsk: () => void
}

function Samples({ evaluation: { id, figures }, cell, onAsk }: SamplesProps) {
  const [found, setFound] = useState<Evaluated | null>(null)
  const [wanted, setWanted] = useState(atOnce)
  useEffect(() => {
    let current = true
    client.predict
      .evaluated({ id, cell, limit: Math.min(200, wanted) })
      .then((page) => current && setFound(page))
      .catch(complain)
    return () => {
      current = false
    }
  }, [id, cell, wanted])
  if (!found) return null
  if (found.rows.length === 0) return <p className={classes.hint}>There is no such sample.</p>
  const most = Math.min(200, found.total)
  return (
    <>
      <div
        className={classes.grid}
        data-words={found.rows.some(({ item }) => item.image === null) || undefined}
        role="list"
        aria-label={counted(found.total, 'sample')}
      >
        {found.rows.map(({ row, item, truth, answer, ofTruth }) => {
          const right = figures.task === 'classify' && truth === answer
          return (
            <figure key={row} className={classes.sample} role="listitem">
              <button
                type="button"
                title="Ask about this sample"
                onClick={() => {
                  give({ kind: 'sample', row, evaluationId: id })
                  onAsk()
                }}
              >
                {item.image ? (
                  <img src={item.image} alt={`Sample ${count(row)}`} />
                ) : (
                  <span className={classes.sampleText} dir="auto">
                    {item.text ?? ''}
                  </span>
                )}
              </button>
              <figcaption title={right ? undefined : `${truth} taken for ${answer}`}>
                <span className={classes.sampleNames}>
                  <bdi>{truth}</bdi>
                  {!right && (
                    <span className={classes.wrong}>
                      {' '}
                      → <bdi>{answer}</bdi>
                    </span>
                  )}
                </span>
                {ofTruth !== null && <span className={classes.hint}>{percentOf(ofTruth)}</span>}
              </figcaption>
            </figure>
          )
        })}
      </div>
      {wanted < most && (
        <Button variant="default" mt={10} onClick={() => setWanted(wanted + atOnce)}>
          Show more of {count(found.total)}
        </Button>
      )}
    </>
  )
}
