/** What is wrong with the selected layer, with the same mends as on the canvas. */
import type { NodeAnalysis } from '../../../main/common/shapes.ts'
import { clsx } from '../../ui/clsx.ts'
import { mend } from '../actions.ts'
import { problemText } from '../describe.ts'
import { SentenceWithShapes } from '../LayerNode.tsx'
import nodeClasses from '../Node.module.css'
import classes from '../Panel.module.css'

export function Problem({ analysed: { error } }: { analysed: NodeAnalysis }) {
  if (!error) return null
  return (
    <section className={clsx(classes.problem, error.incomplete && classes.incomplete)}>
      <SentenceWithShapes text={problemText(error.message)} />
      {error.mends.length > 0 && (
        <div className={nodeClasses.mends}>
          {error.mends.map((offered) => (
            <button
              key={offered.title}
              type="button"
              className={nodeClasses.mend}
              onClick={() => mend(offered)}
            >
              {offered.title}
            </button>
          ))}
        </div>
      )}
    </section>
  )
}
