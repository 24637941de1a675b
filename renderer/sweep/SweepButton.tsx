/** Opens the set-up of a sweep: of many settings, or of several seeds. */
import { Button, Tooltip } from '@mantine/core'
import { IconAdjustmentsSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { useObstacles } from '../state/training.ts'
import { SweepDialog } from './SweepDialog.tsx'

interface SweepButtonProps {
  /** So many seeds, and nothing else swept at first. */
  seeds?: number
  size?: 'xs' | 'sm'
  disabled?: boolean
}

export function SweepButton({ seeds, size = 'xs', disabled = false }: SweepButtonProps) {
  const [open, setOpen] = useState(false)
  const [obstacle] = useObstacles()
  const help =
    seeds === undefined
      ? 'Trains the model many times with other settings, and says which were best.'
      : `Trains the same run with ${seeds} seeds: how far chance alone moves the result.`
  return (
    <>
      <Tooltip label={obstacle?.what ?? help} maw={300}>
        <Button
          variant="default"
          size={size}
          disabled={disabled || obstacle !== undefined}
          leftSection={seeds === undefined ? <IconAdjustmentsSearch size={14} /> : undefined}
          onClick={() => setOpen(true)}
        >
          {seeds === undefined ? 'Sweep…' : `× ${seeds} seeds`}
        </Button>
      </Tooltip>
      {open && <SweepDialog seeds={seeds ?? 1} swept={seeds === undefined} onClose={() => setOpen(false)} />}
    </>
  )
}
