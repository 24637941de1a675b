/** The page straight from source with hot reload, in place of the built one. */
import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { createServer } from 'vite'
import { projectRoot } from '../paths.ts'
import type { ServerOptions } from '../server.ts'

export const developmentPages: NonNullable<ServerOptions['development']> = async (server) => {
  const vite = await createServer({
    root: join(projectRoot(), 'renderer'),
    configFile: false,
    plugins: [react()],
    server: { middlewareMode: true, hmr: { server }, allowedHosts: true },
  })
  server.on('close', () => void vite.close())
  return (request, response) => vite.middlewares(request, response)
}
