/** Asks before something is removed. Focus starts on Cancel; Enter there does no harm. */
import { Button, Group, Modal } from '@mantine/core'
import type { ReactNode } from 'react'

interface ConfirmProps {
  opened: boolean
  title: string
  children: ReactNode
  /** What the button does: "Remove run". */
  action: string
  onConfirm: () => void
  onClose: () => void
}

export function Confirm({ opened, title, children, action, onConfirm, onClose }: ConfirmProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={<b>{title}</b>} size={420} withCloseButton={false}>
      {children}
      <Group justify="flex-end" gap="sm" mt="lg">
        <Button variant="default" onClick={onClose} data-autofocus>
          Cancel
        </Button>
        <Button
          color="red"
          onClick={() => {
            onClose()
            onConfirm()
          }}
        >
          {action}
        </Button>
      </Group>
    </Modal>
  )
}
