/** The keys of the Build page, on `?`. */
import { Modal } from '@mantine/core'
import { useCanvas } from './canvas.ts'
import classes from './CheatSheet.module.css'

const sheet: readonly [string, readonly (readonly [keys: string, what: string])[]][] = [
  [
    'Build',
    [
      ['/', 'Search layers; Enter adds behind the selected one'],
      ['W', 'Wire the layer to another'],
      ['Enter', 'Edit the layer; Esc goes back to it'],
      ['Delete', 'Delete and heal the wire'],
      ['M', 'Bypass, or take back'],
      ['Ctrl D', 'Duplicate'],
      ['Ctrl Shift D', 'Duplicate, fed by the same'],
      ['Ctrl C, X, V', 'Copy, cut, paste'],
    ],
  ],
  [
    'Blocks',
    [
      ['Ctrl G', 'Group and name'],
      ['Ctrl Shift G', 'Ungroup'],
      ['C', 'Fold to one box, or open'],
    ],
  ],
  [
    'Move about',
    [
      ['← →', 'Walk along wires'],
      ['↑ ↓', 'Nearest layer above, below'],
      ['Ctrl arrows', 'Move what is selected; Shift: further'],
      ['Ctrl F', 'Find on the canvas'],
      ['Tab', 'From layer to layer'],
      ['Ctrl A, Esc', 'Select all, nothing'],
      ['Shift drag', 'Select with a box'],
      ['V, H', 'Dragging selects, moves the view'],
    ],
  ],
  [
    'View and history',
    [
      ['F', 'Fit into view'],
      ['T', 'Tidy'],
      ['E', 'Canvas or text'],
      ['Ctrl Z, Shift Z', 'Undo, redo'],
      ['Ctrl Enter', 'Train'],
      ['?', 'This list'],
    ],
  ],
]

export function CheatSheet() {
  const opened = useCanvas((s) => s.cheatSheet)
  return (
    <Modal
      opened={opened}
      onClose={() => useCanvas.setState({ cheatSheet: false })}
      title={<b>Keys</b>}
      size={720}
    >
      <div className={classes.sheet}>
        {sheet.map(([title, keys]) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {keys.map(([key, what]) => (
                <div key={key}>
                  <dt>
                    <kbd>{key}</kbd>
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  )
}
