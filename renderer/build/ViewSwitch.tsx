/** In the top bar: the model as a canvas or as text, and as a file. */
import { ActionIcon, Menu, SegmentedControl } from '@mantine/core'
import { IconDots, IconDownload, IconFolderOpen, IconKeyboard } from '@tabler/icons-react'
import { useCanvas } from './canvas.ts'
import { chooseFile, exportModel } from './files.ts'
import { useLayout } from './layout.ts'
import { useModel } from './store.ts'

export function ViewSwitch() {
  const view = useLayout((s) => s.view)
  const empty = useModel((s) => s.document.nodes.length === 0)
  return (
    <>
      <SegmentedControl
        aria-label="How the model is shown"
        data={[
          { value: 'canvas', label: 'Canvas' },
          { value: 'text', label: 'Text' },
        ]}
        value={view}
        onChange={(chosen) => useLayout.getState().set({ view: chosen === 'text' ? 'text' : 'canvas' })}
      />
      <Menu position="bottom-end" width={210}>
        <Menu.Target>
          <ActionIcon aria-label="Model file and keys" title="Model file and keys">
            <IconDots size={17} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconFolderOpen size={16} stroke={1.6} />} onClick={chooseFile}>
            Open a file…
          </Menu.Item>
          <Menu.Item
            leftSection={<IconDownload size={16} stroke={1.6} />}
            disabled={empty}
            onClick={exportModel}
          >
            Save as a file
          </Menu.Item>
          <Menu.Item
            leftSection={<IconKeyboard size={16} stroke={1.6} />}
            rightSection="?"
            onClick={() => useCanvas.setState({ cheatSheet: true })}
          >
            Keys
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  )
}
