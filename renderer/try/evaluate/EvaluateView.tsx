/** What a checkpoint is worth on a part of a data set: figures, confusion, samples, curves. */
import type { Evaluation } from '../../../main/common/evaluation/evaluation.ts'
import type { Subject } from '../../../main/common/predict/subject.ts'
import { count } from '../../ui/format.ts'
import { RefusalText } from '../../ui/Notices.tsx'
import { TaskProgress } from '../../ui/TaskProgress.tsx'
import { ConfusionCard } from './ConfusionCard.tsx'
import { CurvesCard } from './CurvesCard.tsx'
import { EvaluateControls } from './EvaluateControls.tsx'
import { cancelEvaluation, useEvaluation } from './evaluation.ts'
import classes from './Evaluate.module.css'
import { FiguresCard } from './FiguresCard.tsx'
import { ResidualsCard } from './ResidualsCard.tsx'
import { SamplesCard } from './SamplesCard.tsx'

interface EvaluateViewProps {
  subject: Subject
  /** Goes to where a single sample is asked about. */
  onAsk: () => void
}

export function EvaluateView({ subject, onAsk }: EvaluateViewProps) {
  const { runId, checkpointId } = subject
  const { evaluation, progress, refusal } = useEvaluation()
  const own = evaluation?.runId === runId && evaluation.checkpointId === checkpointId ? evaluation : null
  return (
    <div className={classes.view}>
      <EvaluateControls subject={subject} />
      {refusal && (
        <div className={classes.refusal} role="alert">
          <RefusalText {...refusal} />
        </div>
      )}
      {progress && (
        <TaskProgress label="Evaluating" progress={progress} done={count} onCancel={cancelEvaluation} />
      )}
      {own && !progress && (
        <div className={classes.result} data-task={own.figures.task}>
          <FiguresCard evaluation={own} />
          {own.figures.task === 'classify' && <ConfusionCard figures={own.figures} />}
          <Chart {...own} />
          {own.figures.task !== 'next-token' && <SamplesCard evaluation={own} onAsk={onAsk} />}
        </div>
      )}
      {!own && !progress && !refusal && (
        <p className={classes.hint}>
          Every sample of a part of the data is answered once: accuracy, precision and recall of each class,
          what is taken for what, and the samples behind every mistake.
        </p>
      )}
    </div>
  )
}

function Chart({ id, figures }: Pick<Evaluation, 'id' | 'figures'>) {
  if (figures.task === 'classify') return <CurvesCard id={id} figures={figures} />
  return figures.task === 'regress' ? <ResidualsCard figures={figures} /> : null
}
