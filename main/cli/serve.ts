/** `tapedeck serve`: the workbench in a browser; for machines without a display, and from afar through ssh. */
import { parseArgs } from 'node:util'
import { UserError } from '../common/errors.ts'
import { serveWorkbench, type ServerOptions } from '../server.ts'
import { isLoopback } from '../shells/access.ts'
import { pageIsBuilt, surroundings, workspaceArgument } from '../shells/options.ts'
import { openWorkbench } from '../workbench.ts'
import type { Command } from './commands.ts'
import { UsageError } from './errors.ts'

const help = `tapedeck serve [options]

  --port N          port to listen on (8273, or a free one when that is taken)
  --host ADDRESS    address to listen on (127.0.0.1: this machine only)
  --workspace DIR   where runs live
  --development     serve the page from source with hot reload
`

export const serveCommand: Command = {
  summary: 'serve the workbench to a browser and print its link',
  help,
  async run(args) {
    const { values } = parseArgs({
      args,
      options: {
        port: { type: 'string' },
        host: { type: 'string' },
        workspace: { type: 'string' },
        development: { type: 'boolean' },
        verbose: { type: 'boolean' },
      },
    })
    const parts = surroundings(false)
    if (!values.development && !pageIsBuilt(parts.page)) {
      throw new UserError({
        code: 'server/no-page',
        what: `The page has not been built (${parts.page} is missing).`,
        mend: 'Run "npm run setup" once, or start with "npm run serve", which builds it.',
      })
    }
    const workbench = await openWorkbench({
      workspace: workspaceArgument(args),
      shell: 'browser',
      readWhenHeld: true,
      ...parts,
    })
    try {
      const host = values.host ?? '127.0.0.1'
      const server = await serveWorkbench(workbench, {
        page: parts.page,
        host,
        ...(values.port === undefined ? {} : { port: portNumber(values.port) }),
        ...(values.development ? await developmentOptions() : {}),
      })
      if (!isLoopback(host)) {
        process.stderr.write(
          `Warning: ${host} can be reached by other machines, without encryption. Whoever has the link can read` +
            ` files of this account. Safer: leave --host out and use ssh -L ${server.port}:127.0.0.1:${server.port}.\n`,
        )
      }
      if (workbench.holder) {
        const { shell, pid } = workbench.holder
        process.stderr.write(
          `Another Tapedeck (${shell}, process ${pid}) writes to the workspace; here it can only be read until that is closed.\n`,
        )
      }
      process.stdout.write(`Tapedeck serves ${workbench.workspace}\nOpen ${server.url}\n`)
      await interrupted()
      process.stderr.write('Closing; a run that is training is stopped with a checkpoint.\n')
      await server.close()
    } finally {
      await workbench.close()
    }
    return 0
  },
}

function portNumber(text: string): number {
  const port = Number(text)
  if (text.trim() !== '' && Number.isInteger(port) && port >= 0 && port <= 65535) return port
  throw new UsageError(`--port ${text} is not a port.`, 'Give a number from 0 (any free one) to 65535.')
}

/**
 * Vite is a development dependency: loaded only when asked for. The launcher keeps the token, so that a page
 * stays in when a changed service starts the server again.
 */
async function developmentOptions(): Promise<Pick<ServerOptions, 'development' | 'token'>> {
  const { developmentPages } = await import('../shells/developmentPages.ts')
  const token = process.env.TAPEDECK_DEVELOPMENT_TOKEN
  return { development: developmentPages, ...(token ? { token } : {}) }
}

/** Resolves at Ctrl+C or when told to end; a second signal ends the process at once. */
function interrupted(): Promise<void> {
  return new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => done())
  })
}
