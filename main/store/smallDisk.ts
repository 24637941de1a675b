/** For tests: a small file system of its own, where mounting one is allowed. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

function mount(size: string): string | null {
  const place = mkdtempSync(join(tmpdir(), 'tapedeck-small-'))
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tapedeck-test', place])
  if (status !== 0) {
    rmSync(place, { recursive: true })
    return null
  }
  return place
}

function unmount(place: string): void {
  execFileSync('umount', [place])
  rmSync(place, { recursive: true })
}

const probe = mount('1m')
export const mayMount = probe !== null
if (probe !== null) unmount(probe)

/** Gone when the test has ended. @param size "3m" */
export const small = (size: string): string => {
  const place = mount(size)
  if (place === null) throw new Error('mounting is not allowed here')
  onTestFinished(() => unmount(place))
  return place
}

/** Takes all space that is left. @returns the file that takes it */
export function fill(place: string): string {
  const ballast = join(place, 'ballast')
  spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=64k'])
  return ballast
}
