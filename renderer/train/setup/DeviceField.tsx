/** Where the next run computes, and why not on a GPU where there is none. */
import { SegmentedControl } from '@mantine/core'
import { describeGpu, gpuMend } from '../../../main/common/device.ts'
import { deviceChoiceSchema } from '../../../main/common/training.ts'
import { useApp } from '../../state/app.ts'
import { Field } from '../../ui/Field.tsx'
import type { Form } from './form.ts'

export function DeviceField({ config, change }: Form) {
  const cuda = useApp((s) => s.info?.engine?.cuda)
  return (
    <Field label="Device" help={<DeviceHelp />}>
      <SegmentedControl
        aria-label="Device"
        fullWidth
        value={config.device}
        data={[
          { value: 'auto', label: 'Automatic' },
          { value: 'cpu', label: 'CPU' },
          // What was chosen elsewhere can be seen, and given up.
          { value: 'cuda', label: 'GPU', disabled: !cuda?.available && config.device !== 'cuda' },
        ]}
        onChange={(value) => change({ device: deviceChoiceSchema.parse(value) })}
      />
    </Field>
  )
}

function DeviceHelp() {
  const cuda = useApp((s) => s.info?.engine?.cuda)
  if (!cuda) return null
  if (cuda.device) return <>{describeGpu(cuda.device)}. Automatic trains on it.</>
  // What to do about it would fill the form of everybody without one.
  return (
    <>
      No GPU: {cuda.reason}.{gpuMend(cuda.reason) && ' “tapedeck doctor” says what to do.'}
    </>
  )
}
