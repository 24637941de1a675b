/** What rewrites gain, in words. */
import type { RewriteGain } from '../../../../main/common/inspection.ts'

/** Differences this small come and go from one measurement to the next. */
const noise = 0.03

export function gainText({ withMs, withoutMs }: RewriteGain['training']): string {
  if (withoutMs <= 0) return ''
  const saved = 1 - withMs / withoutMs
  if (Math.abs(saved) < noise) return 'no difference'
  return `${Math.round(Math.abs(saved) * 100)} % ${saved > 0 ? 'less' : 'more'}`
}
