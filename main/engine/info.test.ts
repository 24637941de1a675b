import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { engineInfo } from './index.ts'

test.runIf(process.platform === 'linux' && process.arch === 'x64')(
  'says whether the processor multiplies bfloat16 by its own instructions',
  () => {
    const flags = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.split(' ') ?? []
    const { bfloat16, instructionSet, oneDNN } = engineInfo()
    const has = flags.includes('avx512_bf16') && instructionSet === 'AVX-512' && oneDNN !== null
    expect(bfloat16).toBe(has && process.env['TAPE_GEMM'] !== 'plain')
  },
)
