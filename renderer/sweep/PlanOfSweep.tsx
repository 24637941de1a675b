/** What a sweep will amount to, while it is set up: how many runs, how long, which come first. */
import { client } from '../client.ts'
import type { SweepPreview } from '../../main/common/sweeps/contract.ts'
import type { SweepSpec } from '../../main/common/sweeps/spec.ts'
import { explain, type ShownRefusal } from '../state/notices.ts'
import { useAnswer } from '../state/useAnswer.ts'
import { count, counted, duration } from '../ui/format.ts'
import { RefusalText } from '../ui/Notices.tsx'
import classes from './setup.module.css'

type Answer = { preview: SweepPreview } | { refusal: ShownRefusal | null }

async function ask(spec: SweepSpec): Promise<Answer> {
  try {
    return { preview: await client.sweeps.preview(spec) }
  } catch (error) {
    return { refusal: explain(error) }
  }
}

/** Milliseconds between two questions while somebody types. */
const calm = 200

export function PlanOfSweep({ spec }: { spec: SweepSpec | null }) {
  const text = spec && JSON.stringify(spec)
  const answer = useAnswer<Answer>(
    spec && text !== null ? { key: 'plan', ask: () => ask(spec) } : null,
    text,
    calm,
  )
  if (!spec) return <p className={classes.hint}>Mend what is marked to see what it will amount to.</p>
  if (!answer) return <p className={classes.hint}>Counting…</p>
  if (!('preview' in answer.value))
    return answer.value.refusal && <div role="alert">{<RefusalText {...answer.value.refusal} />}</div>
  return <Plan preview={answer.value.preview} spec={spec} />
}

function Plan({ preview, spec }: { preview: SweepPreview; spec: SweepSpec }) {
  const { runs, combinations, wanted, first, epochs, rungs, seconds, speedOf } = preview
  const about = rungs === null ? '' : 'about '
  return (
    <>
      <p className={classes.total} role="status">
        <b>{counted(runs, 'run')}</b>
        {spec.seeds > 1 && ` · ${counted(combinations, 'combination')} × ${counted(spec.seeds, 'seed')}`}
        {runs < wanted && ` · the first of ${count(wanted)}`}
      </p>
      <p className={classes.hint}>
        {about}
        {counted(epochs, 'epoch')} in all
        {seconds !== null && speedOf
          ? `, about ${duration(seconds)} at the speed of run ${speedOf.runId}.`
          : '. How long that takes is known once this model has been trained on this data.'}
      </p>
      {rungs !== null && (
        <p className={classes.hint}>Rungs at {rungs.map((rung) => count(rung)).join(', ')} epochs.</p>
      )}
      <ol className={classes.first} aria-label="The first runs">
        {first.map(({ number, text }) => (
          <li key={number}>{text === '' ? 'the settings as they are' : text}</li>
        ))}
      </ol>
      {runs > first.length && <p className={classes.hint}>and {count(runs - first.length)} more</p>}
    </>
  )
}
