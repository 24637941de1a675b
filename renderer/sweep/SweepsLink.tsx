/** To the sweeps, where there are any. */
import { Button } from '@mantine/core'
import { useSweeps } from '../state/sweeps.ts'
import { count } from '../ui/format.ts'

export function SweepsLink() {
  const some = useSweeps((s) => s.queue?.sweeps.length ?? 0)
  if (some === 0) return null
  return (
    <Button component="a" href="#/sweeps" variant="default">
      Sweeps · {count(some)}
    </Button>
  )
}
