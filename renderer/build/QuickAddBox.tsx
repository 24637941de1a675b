/** Type a layer's name where it shall stand: after a double click, or where a wire was let go in the open. */
import { layers } from '../../main/common/layers/catalogue.ts'
import { nodePorts } from '../../main/common/ports.ts'
import { addAt, addWired } from './actions.ts'
import { useCanvas, type QuickAdd } from './canvas.ts'
import { groupColour } from './groups.ts'
import { Picker } from './Picker.tsx'
import { searchLayers } from './search.ts'

export function QuickAddBox() {
  const quickAdd = useCanvas((s) => s.quickAdd)
  return quickAdd && <Box key={`${quickAdd.at.x},${quickAdd.at.y}`} quickAdd={quickAdd} />
}

const close = (): void => useCanvas.setState({ quickAdd: null })

function Box({ quickAdd: { at, upwards, place, from } }: { quickAdd: QuickAdd }) {
  const side = from?.type === 'source' ? 'inputs' : 'outputs'
  const fitting = layers.filter(
    ({ kind, hidden }) => !hidden && (!from || nodePorts({ kind, parameters: {} })[side].length > 0),
  )
  return (
    <Picker
      at={at}
      upwards={upwards}
      label="Add a layer"
      placeholder={from ? 'Add and connect a layer' : 'Add a layer'}
      none="No layer is called that."
      search={(query) =>
        searchLayers(fitting, query).map(({ kind, title, group }) => ({
          id: kind,
          title,
          note: group,
          colour: groupColour[group],
        }))
      }
      onChoose={(kind) => {
        close()
        if (from) addWired(kind, place, from)
        else addAt(kind, place)
      }}
      onClose={close}
    />
  )
}
