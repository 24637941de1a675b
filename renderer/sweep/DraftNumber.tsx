/** A number of the set-up, as it is typed. */
import { TextInput } from '@mantine/core'
import type { Draft, Wrong } from './draft.ts'

interface DraftNumberProps {
  draft: Draft
  wrong: Wrong
  change: (part: Partial<Draft>) => void
  field: 'trials' | 'minEpochs' | 'eta' | 'seeds' | 'runs' | 'minutes'
  label: string
  /** What stands there while nothing is typed, where that is allowed. */
  empty?: string
}

export function DraftNumber({ draft, wrong, change, field, label, empty }: DraftNumberProps) {
  return (
    <TextInput
      label={label}
      placeholder={empty ?? ''}
      value={draft[field]}
      inputMode="decimal"
      error={wrong[field]}
      onChange={(event) => change({ [field]: event.currentTarget.value })}
    />
  )
}
