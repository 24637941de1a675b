import { expect, it } from 'vitest'
import { setMemoryLimit, zeros } from '../../engine/index.ts'
import { troubleOf } from './trouble.ts'

it('says what to do when there is not enough memory', () => {
  setMemoryLimit(1 << 20)
  let error: unknown = null
  try {
    zeros([1 << 20])
  } catch (thrown) {
    error = thrown
  } finally {
    setMemoryLimit(0)
  }
  const trouble = troubleOf(error)
  expect(trouble.code).toBe('training/memory')
  expect(trouble.what).toMatch(
    /^There is not enough memory for this model and this batch: \w+ asked for .*\.$/,
  )
  expect(trouble.what).not.toMatch(/scope\(\)|\[/)
  expect(trouble.mend).toMatch(/smaller batch/)
})

it('leaves a fault of ours a fault', () => {
  expect(troubleOf(new Error('unforeseen')).code).toBe('internal/fault')
})
