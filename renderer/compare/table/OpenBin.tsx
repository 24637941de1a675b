/** Where no run is left outside the bin: the way to those in it, where there are some. */
import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import { client } from '../../client.ts'
import { complain } from '../../state/notices.ts'
import { counted } from '../../ui/format.ts'
import { showBin } from './grid.ts'

export function OpenBin() {
  const [count, setCount] = useState(0)
  useEffect(() => {
    client.runs.binned().then((runs) => setCount(runs.length), complain)
  }, [])
  if (count === 0) return null
  return (
    <Button ml="sm" variant="default" onClick={() => showBin(true)}>
      {counted(count, 'run')} in the bin
    </Button>
  )
}
