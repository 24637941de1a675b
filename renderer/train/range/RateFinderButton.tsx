/** Opens the learning-rate range test. */
import { Button, Modal } from '@mantine/core'
import { IconChartDots } from '@tabler/icons-react'
import { useState } from 'react'
import { RateFinder } from './RateFinder.tsx'

interface RateFinderButtonProps {
  disabled: boolean
  onRate: (rate: number) => void
}

export function RateFinderButton({ disabled, onRate }: RateFinderButtonProps) {
  const [open, setOpen] = useState(false)
  const close = (): void => setOpen(false)
  return (
    <>
      <Button
        variant="default"
        disabled={disabled}
        leftSection={<IconChartDots size={14} />}
        title="Find a learning rate: trains for a moment at rising rates and shows which of them work"
        aria-label="Find a learning rate"
        onClick={() => setOpen(true)}
        style={{ flex: 'none' }}
      >
        Find
      </Button>
      <Modal opened={open} onClose={close} title="Find a learning rate" size={720}>
        <RateFinder
          onRate={(rate) => {
            onRate(rate)
            close()
          }}
        />
      </Modal>
    </>
  )
}
