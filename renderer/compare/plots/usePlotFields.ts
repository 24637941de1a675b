/** Which fields runs can be plotted by, and which suit them where nobody has chosen. */
import { useMemo } from 'react'
import type { Run } from '../../../main/common/schemas.ts'
import { plotFieldsOf, type PlotFields } from './plotFields.ts'

export const usePlotFields = (runs: readonly Run[]): PlotFields => useMemo(() => plotFieldsOf(runs), [runs])
