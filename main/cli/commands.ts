/** The commands by name; one line here is all that a new one needs. */
import { dataCommand } from './data.ts'
import { exportCommand } from './export.ts'
import { doctorCommand } from './doctor.ts'
import { evaluateCommand } from './evaluate.ts'
import { followCommand } from './follow.ts'
import { predictCommand } from './predict.ts'
import { runsCommand } from './runs.ts'
import { sweepCommand } from './sweep.ts'
import { serveCommand } from './serve.ts'
import { trainCommand } from './train.ts'

export interface Command {
  summary: string
  help: string
  /** Resolves with the exit code. */
  run(args: string[]): Promise<number>
}

export const commands: Record<string, Command | undefined> = {
  train: trainCommand,
  sweep: sweepCommand,
  data: dataCommand,
  evaluate: evaluateCommand,
  predict: predictCommand,
  runs: runsCommand,
  follow: followCommand,
  export: exportCommand,
  serve: serveCommand,
  doctor: doctorCommand,
}

export function usage(): string {
  const lines = Object.entries(commands).map(([name, command]) => `  ${name.padEnd(8)} ${command?.summary}`)
  return `Tapedeck builds, trains and compares neural networks on this machine.

  npm run tapedeck -- <command> [options]

${lines.join('\n')}

"<command> --help" lists its options. All take --workspace DIR; without it runs live in the default workspace.
`
}
