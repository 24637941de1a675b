/** What runs in the page and measures it: when things are on the screen, and how long frames take. */
import type { Page } from '@playwright/test'

interface Watch {
  /** Milliseconds from the last key or click that the page got. */
  since: number
  frames: number[]
  tasks: number[]
  inputs: number[]
}
type Watching = typeof globalThis & { watch: Watch }

/** Frames, tasks over 50 ms, and how long each input waited for the drawing after it. */
export function watchPage(page: Page): Promise<void> {
  return page.evaluate(() => {
    const watch: Watch = { since: 0, frames: [], tasks: [], inputs: [] }
    ;(globalThis as Watching).watch = watch
    let last = performance.now()
    const frame = (): void => {
      const now = performance.now()
      watch.frames.push(now - last)
      last = now
      requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) watch.tasks.push(duration)
    }).observe({ type: 'longtask' })
    for (const type of ['keydown', 'click'])
      window.addEventListener(type, ({ timeStamp }) => (watch.since = timeStamp), { capture: true })
    for (const type of ['pointermove', 'wheel'])
      window.addEventListener(
        type,
        ({ timeStamp }) =>
          requestAnimationFrame(() => {
            // A message posted before a drawing arrives after it.
            const channel = new MessageChannel()
            channel.port1.onmessage = () => watch.inputs.push(performance.now() - timeStamp)
            channel.port2.postMessage(null)
          }),
        { capture: true, passive: true },
      )
  })
}

/** Milliseconds from the last key or click to the drawing in which so many elements match. */
export function untilDrawn(page: Page, selector: string, count = 1): Promise<number> {
  return page.evaluate(
    ({ selector, count }) =>
      new Promise<number>((found) => {
        const look = (): void => {
          if (document.querySelectorAll(selector).length < count) {
            requestAnimationFrame(look)
            return
          }
          const channel = new MessageChannel()
          channel.port1.onmessage = () => found(performance.now() - (globalThis as Watching).watch.since)
          channel.port2.postMessage(null)
        }
        look()
      }),
    { selector, count },
  )
}

export interface Pace {
  /** Frames in a second, of the middle frame. */
  fps: number
  /** Milliseconds. */
  frame95: number
  frameMost: number
  input95: number | null
  tasksOver50: number
  /** The longest of those; null where there was none. */
  taskMost: number | null
}

/** Of everything since the last time. */
export async function takePace(page: Page): Promise<Pace> {
  const { frames, tasks, inputs } = await page.evaluate(() => {
    const { watch } = globalThis as Watching
    return { frames: watch.frames.splice(0), tasks: watch.tasks.splice(0), inputs: watch.inputs.splice(0) }
  })
  const at = (values: readonly number[], share: number): number => {
    const sorted = values.toSorted((a, b) => a - b)
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
  }
  return {
    fps: Math.round(1000 / at(frames, 0.5)),
    frame95: Math.round(at(frames, 0.95)),
    frameMost: Math.round(Math.max(...frames)),
    input95: inputs.length > 0 ? Math.round(at(inputs, 0.95)) : null,
    tasksOver50: tasks.length,
    taskMost: tasks.length > 0 ? Math.round(Math.max(...tasks)) : null,
  }
}
