/** What was found on this machine, for `tapedeck doctor` and the page. */
import { describeGpu, gpuMend } from '../common/device.ts'
import type { EngineInfo, Finding } from '../common/schemas.ts'
import { toRefusal } from '../common/errors.ts'

export interface Surroundings {
  engine: () => Promise<EngineInfo>
  sqliteVersion: string
  workspace: string
}

export async function doctor({ engine, sqliteVersion, workspace }: Surroundings): Promise<Finding[]> {
  const { node, electron } = process.versions
  return [
    ...(await engineFindings(engine)),
    ok('SQLite', sqliteVersion),
    ok('Node', node),
    ...(electron ? [ok('Electron', electron)] : []),
    ok('Workspace', workspace),
  ]
}

async function engineFindings(engine: () => Promise<EngineInfo>): Promise<Finding[]> {
  try {
    const { version, build, instructionSet, bfloat16, threads, oneDNN, cuda } = await engine()
    return [
      ok('Engine', `${version} (${build})`),
      ok('Instruction set', instructionSet),
      ok(
        'bfloat16',
        bfloat16 ? 'by instructions of the processor' : 'without instructions of its own: no faster',
      ),
      ok('Threads', String(threads)),
      oneDNN
        ? ok('oneDNN', oneDNN)
        : {
            name: 'oneDNN',
            status: 'missing',
            value: 'not in this build; matrix products use the plain kernels',
            mend: 'Install it (Debian and Ubuntu: apt install libdnnl-dev) and run "npm run setup".',
          },
      cuda.available
        ? ok('CUDA', cuda.device ? describeGpu(cuda.device) : 'available')
        : { name: 'CUDA', status: 'missing', value: cuda.reason, mend: gpuMend(cuda.reason) },
    ]
  } catch (error) {
    const { what, mend } = toRefusal(error)
    return [{ name: 'Engine', status: 'problem', value: what, mend }]
  }
}

const ok = (name: string, value: string): Finding => ({ name, status: 'ok', value, mend: '' })
