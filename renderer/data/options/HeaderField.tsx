/** Whether the first row names the columns. */
import { OneOf } from './OneOf.tsx'

interface HeaderFieldProps {
  header: boolean
  /** False until it is known what the columns would be called otherwise. */
  ready: boolean
  onChange: (header: boolean) => void
}

export function HeaderField({ header, ready, onChange }: HeaderFieldProps) {
  return (
    <OneOf
      label="First row"
      help="Whether it names the columns or holds a sample already."
      value={header ? 'names' : 'sample'}
      words={{ names: 'Names of columns', sample: 'A sample' }}
      disabled={!ready}
      onChange={(value) => onChange(value === 'names')}
    />
  )
}
