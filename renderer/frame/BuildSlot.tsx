import type { Dataset } from '../../main/common/schemas.ts'

export function BuildPage(_props: { dataset: Dataset | null }) {
  return <div />
}
