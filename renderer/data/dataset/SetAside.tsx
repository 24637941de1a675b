/** What could not be used, each with its path and the reason; to be copied and mended. */
import { Button, CopyButton } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import type { Dataset } from '../../../main/common/data/dataset.ts'
import { Card } from '../../ui/Card.tsx'
import { count } from '../../ui/format.ts'
import { VirtualList } from '../../ui/VirtualList.tsx'
import classes from './DatasetView.module.css'

const rowHeight = 44

export function SetAside({ dataset }: { dataset: Dataset }) {
  const { problems, problemCount } = dataset
  const left = problemCount - problems.length
  const listed = problems.map(({ path, reason }) => `${path}\t${reason}`).join('\n')
  return (
    <Card
      title="Set aside"
      note={`${count(problemCount)} could not be used`}
      className={classes.card}
      controls={
        <CopyButton value={listed}>
          {({ copied, copy }) => (
            <Button
              size="compact-xs"
              variant="default"
              leftSection={copied ? <IconCheck size={12} /> : <IconCopy size={12} />}
              onClick={copy}
            >
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      }
    >
      <VirtualList count={problems.length} rowHeight={rowHeight} maxHeight={5 * rowHeight} label="Set aside">
        {(at) => {
          const problem = problems[at]
          return (
            problem && (
              <div className={classes.problem} title={`${problem.path}\n${problem.reason}`}>
                <div className={classes.problemPath}>
                  <bdi>{problem.path}</bdi>
                </div>
                <div className={classes.problemReason}>{problem.reason}</div>
              </div>
            )
          )
        }}
      </VirtualList>
      {left > 0 && <div className={classes.problemReason}>and {count(left)} more</div>}
    </Card>
  )
}
