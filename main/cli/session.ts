/** A workbench for the length of one command. */
import { createRouterClient, type RouterClient } from '@orpc/server'
import { surroundings } from '../shells/options.ts'
import { openWorkbench } from '../workbench.ts'
import type { AppRouter } from '../services/router.ts'

export type Client = RouterClient<AppRouter>

/**
 * Opens the workspace, lets `work` call the services, closes it again whatever happened.
 * @throws UserError as `openWorkbench` does
 */
export async function withWorkbench<T>(workspace: string, work: (client: Client) => Promise<T>): Promise<T> {
  const workbench = await openWorkbench({ workspace, shell: 'cli', ...surroundings(false) })
  // The engine worker does not keep a process alive by itself; waiting for it must.
  const alive = setInterval(() => undefined, 60_000)
  try {
    return await work(createRouterClient(workbench.router, { context: {} }))
  } finally {
    await workbench.close()
    clearInterval(alive)
  }
}
