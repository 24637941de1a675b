/**
 * Follows a file, or the files of a folder, until it is told to stop. It looks instead of listening: file systems of a
 * network tell nobody of changes.
 */
import { opendir, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { toRefusal, UserError, type Refusal } from '../../common/errors.ts'
import type { FollowJob } from '../jobs.ts'
import { fileError } from '../refuse.ts'
import { ownName } from '../tables/read.ts'
import { eventRuns, isEventFile, type EventRun } from '../events/folder.ts'
import { FollowedEvents } from './events.ts'
import { FollowedFile } from './file.ts'
import type { Followed, FileState, FollowReport } from './report.ts'

/** Milliseconds between two looks; at files that grow, and at all else. */
const interval = { growing: 200, other: 1000 }
const mostFiles = 1000
const deepest = 6
const isLines = (name: string): boolean => /\.(jsonl|ndjson)$/i.test(name)
/** What is followed of a folder. */
export const isFollowed = (name: string): boolean => isLines(name) || isEventFile(name)

interface Watched {
  file: Followed
  state: FileState | null
  /** `performance.now()` of the next look. */
  next: number
}

/** @param report resolves when there is room for more */
export async function follow(
  { path, positions, others, silence }: Omit<FollowJob, 'kind'>,
  signal: AbortSignal,
  report: (what: FollowReport) => Promise<void>,
): Promise<void> {
  const known = new Map(positions.map((one) => [one.path, one.position]))
  const leftOut = new Set(others)
  const watched = new Map<string, Watched>()
  let nextSearch = 0
  let missing: Refusal | null = null
  let told = ''
  while (!signal.aborted) {
    const now = performance.now()
    if (now >= nextSearch) {
      nextSearch = now + (watched.size > 0 ? interval.other : interval.growing)
      const found = await filesAt(path)
      missing = found.missing
      for (const file of found.files)
        if (!watched.has(file) && !leftOut.has(file)) {
          const followed = new FollowedFile(file, nameOf(path, file), known.get(file) ?? null)
          watched.set(file, { file: followed, state: null, next: 0 })
        }
      for (const run of found.events) {
        if (leftOut.has(run.path)) continue
        const one = watched.get(run.path)?.file
        const followed =
          one instanceof FollowedEvents
            ? one
            : new FollowedEvents(run.path, run.name, known.get(run.path) ?? null)
        followed.files = run.files
        if (!one) watched.set(run.path, { file: followed, state: null, next: 0 })
      }
    }
    let read = false
    for (const one of watched.values()) {
      if (signal.aborted) return
      if (now >= one.next && (await look(one, silence, signal, report))) read = true
    }
    const state = JSON.stringify([watched.size, missing])
    if (read || state !== told) {
      told = state
      await report({ kind: 'caught-up', files: watched.size, missing })
    }
    await wait(interval.growing, undefined, { signal }).catch(() => undefined)
  }
}

/** @returns whether there was something to read */
async function look(
  one: Watched,
  silence: number,
  signal: AbortSignal,
  report: (what: FollowReport) => Promise<void>,
): Promise<boolean> {
  let read = false
  const before = one.state
  let refusal: UserError | null = null
  try {
    for await (const batch of one.file.news(signal)) {
      await report({ kind: 'batch', batch })
      read = true
    }
    one.state = one.file.over ? 'over' : one.file.silentFor > silence ? 'silent' : 'growing'
  } catch (error) {
    if (signal.aborted) return read
    refusal = error instanceof UserError ? error : fileError(one.file.path, error)
    one.state = error instanceof UserError ? 'refused' : one.file.silentFor > silence ? 'silent' : 'gone'
  }
  one.next =
    one.state === 'refused'
      ? Infinity
      : performance.now() + (one.state === 'growing' ? interval.growing : interval.other)
  if (one.state !== before)
    await report({
      kind: 'file',
      path: one.file.path,
      state: one.state,
      refusal: refusal && toRefusal(refusal),
    })
  return read
}

interface Found {
  files: string[]
  /** Runs in event files; each is followed as one, under its folder, or under its file where that was chosen. */
  events: (EventRun & { path: string })[]
  missing: Refusal | null
}

/** What is to be followed that is there now; and what keeps it from being read. */
async function filesAt(path: string): Promise<Found> {
  try {
    const folder = (await stat(path)).isDirectory()
    if (!folder && !isEventFile(basename(path))) return { files: [path], events: [], missing: null }
    const files: string[] = []
    if (folder) await walk(path, 0, files)
    const events = (await eventRuns(path)).map((run) => ({
      ...run,
      path: folder ? run.folder : path,
    }))
    return { files: files.sort(), events, missing: null }
  } catch (error) {
    const refusal = error instanceof UserError ? error : fileError(path, error)
    return { files: [], events: [], missing: toRefusal(refusal) }
  }
}

async function walk(folder: string, depth: number, files: string[]): Promise<void> {
  // Links are not followed: one may lead back.
  for await (const entry of await opendir(folder)) {
    const full = join(folder, entry.name)
    if (files.length >= mostFiles) return
    if (entry.isDirectory() && depth < deepest) await walk(full, depth + 1, files)
    else if (entry.isFile() && isLines(entry.name)) files.push(full)
  }
}

/** Of a file in a folder, the folder's path below it; its own name too where it is telling. */
function nameOf(root: string, file: string): string {
  const own = ownName(file)
  if (root === file || dirname(file) === root) return own
  const folder = relative(root, dirname(file)).split(sep).join('/')
  return own === basename(dirname(file)) ? folder : `${folder}/${own}`
}
