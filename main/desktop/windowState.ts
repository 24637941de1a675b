/** Size and place of the window, kept over restarts in `window.json` beside its profile. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserWindow } from 'electron'
import { z } from 'zod'

const boundsSchema = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() })
const stateSchema = z.object({ bounds: boundsSchema, maximized: z.boolean() })
type Bounds = z.infer<typeof boundsSchema>

export interface WindowState {
  bounds: { width: number; height: number } & Partial<Bounds>
  maximized: boolean
}

const first: WindowState = { bounds: { width: 1440, height: 900 }, maximized: false }

/** What was remembered, unless no display shows that place any more. */
export function readWindowState(profile: string, workAreas: readonly Bounds[]): WindowState {
  try {
    const state = stateSchema.parse(JSON.parse(readFileSync(join(profile, 'window.json'), 'utf8')))
    return workAreas.some((area) => overlap(area, state.bounds)) ? state : first
  } catch {
    return first
  }
}

export function rememberWindowState(window: BrowserWindow, profile: string): void {
  window.on('close', () => {
    try {
      const state = { bounds: window.getNormalBounds(), maximized: window.isMaximized() }
      writeFileSync(join(profile, 'window.json'), JSON.stringify(state))
    } catch {
      // A window that forgets its place is not worth a word on the way out.
    }
  })
}

/** At least a corner of 100 x 50 pixels must be visible, enough to grab it. */
function overlap(area: Bounds, bounds: Bounds): boolean {
  const width = Math.min(area.x + area.width, bounds.x + bounds.width) - Math.max(area.x, bounds.x)
  const height = Math.min(area.y + area.height, bounds.y + bounds.height) - Math.max(area.y, bounds.y)
  return width >= 100 && height >= 50
}
