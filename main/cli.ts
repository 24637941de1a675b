/**
 * The command line: the same services without a page. Progress goes to stderr; with --json the last line on
 * stdout is one JSON value. Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 130 stopped by Ctrl+C.
 */
import { commands, usage } from './cli/commands.ts'
import { explain, isUsage, UsageError } from './cli/errors.ts'

const [name = 'help', ...args] = process.argv.slice(2)

try {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (['help', '--help', '-h'].includes(name)) process.stdout.write(usage())
  else if (!command)
    throw new UsageError(`There is no command "${name}".`, 'Run "tapedeck help" for the list.')
  else if (args.includes('--help') || args.includes('-h')) process.stdout.write(command.help)
  else process.exitCode = await command.run(args)
} catch (error) {
  process.stderr.write(`${explain(error, args.includes('--verbose'))}\n`)
  process.exitCode = isUsage(error) ? 2 : 1
}
