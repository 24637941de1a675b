/** Files that were set aside, each with its reason. */
import type { Dataset } from '../../main/common/schemas.ts'
import { Card } from '../ui/Card.tsx'
import { count, counted } from '../ui/format.ts'
import classes from './DatasetView.module.css'

export function Problems({ dataset }: { dataset: Dataset }) {
  const { problems, problemCount } = dataset
  const left = problemCount - problems.length
  return (
    <Card
      title="Set aside"
      note={`${counted(problemCount, 'file')} could not be read`}
      className={classes.problems}
    >
      <ul className={classes.problemList}>
        {problems.map((problem) => (
          <li key={problem.path}>
            <div className={classes.problemPath} title={problem.path}>
              <bdi>{problem.path}</bdi>
            </div>
            <div className={classes.problemReason}>{problem.reason}</div>
          </li>
        ))}
        {left > 0 && <li className={classes.problemReason}>and {count(left)} more</li>}
      </ul>
    </Card>
  )
}
