import { createRequire } from 'node:module'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../paths.ts'
import type { Native } from './native/index.ts'

export type { DeviceMemory, Handle, MemoryHolder, MemoryStats, Native } from './native/index.ts'

/** Path of the addon; TAPEDECK_ADDON in the environment names another build. */
export function addonPath(): string {
  const chosen = process.env['TAPEDECK_ADDON']
  if (chosen) return chosen
  // Inside Electron's archive native libraries lie beside it, unpacked.
  return join(projectRoot().replace(/app\.asar$/, 'app.asar.unpacked'), 'native', 'build', 'tapedeck.node')
}

/** Loads the addon found at `path`. Throws `[engine] native addon not found at ..., run npm run setup`. */
export function loadAddon(path = addonPath()): Native {
  if (!existsSync(path)) throw new Error(`[engine] native addon not found at ${path}, run npm run setup`)
  // How many rounds an idle native thread spins before it sleeps; OpenMP reads it once, when it is loaded. Its own
  // default spins for milliseconds on a core that the page needs (a step took 30 to 70 ms on two busy cores), and
  // sleeping at once makes every op wait for a wake-up. Ten thousand rounds, some 100 us, bridge the gap between ops
  // (with a thousand, on a busy machine: LSTM 9.7 against 6.7 ms a step, ResNet-18 in bfloat16 215 against 175).
  // In a worker this reaches native code only when the worker was started with SHARE_ENV.
  process.env['GOMP_SPINCOUNT'] ??= '10000'
  try {
    return createRequire(import.meta.url)(path) as Native
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`[engine] native addon at ${path} cannot be loaded (${reason}), run npm run setup`, {
      cause,
    })
  }
}

export const native: Native = loadAddon()
