/** One wire: what it carries. */
import { Button } from '@mantine/core'
import { removeSelected } from '../actions.ts'
import { useCanvas } from '../canvas.ts'
import classes from '../Panel.module.css'

export function WirePanel({ id }: { id: string }) {
  const view = useCanvas((s) => s.edges.find((edge) => edge.id === id)?.data?.view)
  if (!view) return null
  const [ends, ...facts] = view.detail.split('\n')
  return (
    <>
      <header>
        <h2>Wire</h2>
        <small>{ends}</small>
      </header>
      <section>
        <h3>Shape</h3>
        <code>{view.label}</code>
        {facts.map((fact) => (
          <p key={fact}>{fact}</p>
        ))}
      </section>
      <div className={classes.buttons}>
        <Button variant="default" onClick={removeSelected}>
          Delete wire
        </Button>
      </div>
    </>
  )
}
