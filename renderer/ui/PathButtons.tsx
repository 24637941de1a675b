/** Chooses a folder or a file: with the system's own dialog, or in a list where the shell has none. */
import { Button } from '@mantine/core'
import { IconFile, IconFolderOpen } from '@tabler/icons-react'
import { useState } from 'react'
import { client } from '../client.ts'
import { useApp } from '../state/app.ts'
import { complain } from '../state/notices.ts'
import { BrowseModal } from './BrowseModal.tsx'

interface PathButtonsProps {
  what: 'folder' | 'folder or file'
  /** Of the list, where there is no dialog of the system. */
  title: string
  hint: string
  onChoose: (path: string) => void
}

export function PathButtons({ what, title, hint, onChoose }: PathButtonsProps) {
  const [browsing, setBrowsing] = useState(false)
  const native = useApp((s) => s.info?.nativeDialogs ?? false)
  const files = what === 'folder or file'

  const choose = async (kind: 'folder' | 'file'): Promise<void> => {
    try {
      const chosen = await client.data.choose({ what: kind })
      if (chosen !== null) onChoose(chosen)
    } catch (error) {
      complain(error)
    }
  }
  return (
    <>
      <Button
        variant="default"
        style={{ flex: 'none' }}
        leftSection={<IconFolderOpen size={15} />}
        onClick={native ? () => void choose('folder') : () => setBrowsing(true)}
      >
        {native || !files ? 'Choose a folder…' : 'Choose a folder or file…'}
      </Button>
      {native && files && (
        <Button
          variant="default"
          style={{ flex: 'none' }}
          leftSection={<IconFile size={15} />}
          onClick={() => void choose('file')}
        >
          Choose a file…
        </Button>
      )}
      {browsing && (
        <BrowseModal
          title={title}
          hint={hint}
          foldersOnly={!files}
          onClose={() => setBrowsing(false)}
          onChoose={(path) => {
            setBrowsing(false)
            onChoose(path)
          }}
        />
      )}
    </>
  )
}
