/**
 * Pictures to samples and back, in a process of its own. Two reasons: libvips and the GTK inside Electron each bring
 * their own GLib, and on Linux the two crash each other at random (lovell/sharp issue 4522); and a picture made to
 * break a decoder takes down only that process, which is started again.
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { projectRoot } from '../../paths.ts'
import { nodeBinary } from '../nodeBinary.ts'
import { decodeLimit } from '../parallel.ts'
import type { Extent } from './buckets.ts'
import type { ImageSize, Prepared } from './codec.ts'
import { readFrames, writeFrame } from './frames.ts'
import type { ImageLook } from './header.ts'
import type { Preparation } from './sizing.ts'

export type Request = { id: number } & Work
type Work =
  | { work: 'prepare'; preparation: Preparation; path: string | null }
  | { work: 'facts'; path: string; sized: boolean }
  | { work: 'data-url'; size: ImageSize }
  | { work: 'look' }
export type Answer = { id: number; value: unknown } | { id: number; error: string }

interface Pending {
  work: Work
  bytes: Uint8Array
  resolve: (answer: { value: unknown; bytes: Uint8Array }) => void
  reject: (error: Error) => void
}

type Child = ChildProcessByStdio<Writable, Readable, null>

/**
 * Makes an image a sample: the one way, for importing and for predicting.
 * @throws Error with a reason fit for a list of problems; see codec.ts
 */
export function prepareImage(bytes: Uint8Array, preparation: Preparation): Promise<Prepared> {
  return prepare({ work: 'prepare', preparation, path: null }, bytes)
}

/** The same of a file, which the decoder reads itself: its bytes never pass through this process. */
export function prepareFile(path: string, preparation: Preparation): Promise<Prepared> {
  return prepare({ work: 'prepare', preparation, path }, nothing)
}

async function prepare(work: Work, sent: Uint8Array): Promise<Prepared> {
  const { value, bytes: input } = await ask(work, sent)
  return { input, ...(value as Omit<Prepared, 'input'>) }
}

/**
 * What is known of a file without decoding it.
 * @param sized whether its size is wanted; null where it cannot be read
 * @throws Error with a reason fit for a list of problems
 */
export async function readFacts(
  path: string,
  sized: boolean,
): Promise<{ digest: Buffer; size: Extent | null }> {
  const { value, bytes } = await ask({ work: 'facts', path, sized }, nothing)
  return { digest: Buffer.from(bytes), size: value as Extent | null }
}

/** What the header says; null when it cannot be read. */
export async function lookAtImage(bytes: Uint8Array): Promise<ImageLook | null> {
  return (await ask({ work: 'look' }, bytes)).value as ImageLook | null
}

/** A sample as a PNG data URL, exactly as stored. */
export async function toDataUrl(input: Uint8Array, size: ImageSize): Promise<string> {
  return (await ask({ work: 'data-url', size }, input)).value as string
}

const nothing = new Uint8Array()
let child: Child | null = null
let nextId = 1
const pending = new Map<number, Pending>()
/** Work that was under way when the process died; tried again one at a time to find which of it was the cause. */
const suspects: Pending[] = []
let suspect: Pending | null = null

function ask(work: Work, bytes: Uint8Array): Promise<{ value: unknown; bytes: Uint8Array }> {
  return new Promise((resolve, reject) => send({ work, bytes, resolve, reject }))
}

function send(entry: Pending): void {
  const id = nextId++
  pending.set(id, entry)
  try {
    child ??= start()
  } catch (error) {
    pending.delete(id)
    entry.reject(error instanceof Error ? error : new Error(String(error)))
    return
  }
  keepAlive(child, true)
  writeFrame(child.stdin, { id, ...entry.work }, entry.bytes)
}

function start(): Child {
  const script = join(projectRoot(), 'main', 'data', 'images', 'decoderProcess.ts')
  // Decoding is done by libuv's threads, which are four unless more are asked for.
  const env = { ...process.env, UV_THREADPOOL_SIZE: String(decodeLimit) }
  const started = spawn(nodeBinary(), [script], { stdio: ['pipe', 'pipe', 'inherit'], env })
  readFrames(started.stdout, ({ head, bytes }) => {
    const answer = head as Answer
    const entry = pending.get(answer.id)
    if (!entry) return
    pending.delete(answer.id)
    if ('error' in answer) entry.reject(new Error(answer.error))
    else entry.resolve({ value: answer.value, bytes })
    settled(entry)
  })
  // A broken pipe shows as the end of the process, which is handled there.
  started.stdin.on('error', () => undefined)
  started.once('error', () => died(started))
  started.once('exit', () => died(started))
  return started
}

function settled(entry: Pending): void {
  if (entry === suspect) {
    suspect = null
    trySuspect()
  }
  if (pending.size === 0 && child) keepAlive(child, false)
}

function died(process: Child): void {
  if (child !== process) return
  child = null
  const lost = [...pending.values()]
  pending.clear()
  if (suspect && lost.includes(suspect)) {
    const cause = suspect
    suspect = null
    cause.reject(new Error('the image decoder crashed on this file'))
    suspects.push(...lost.filter((entry) => entry !== cause))
  } else suspects.push(...lost)
  trySuspect()
}

function trySuspect(): void {
  if (suspect) return
  suspect = suspects.shift() ?? null
  if (suspect) send(suspect)
}

/** Whether our process waits for the decoder. An idle one must not hold it; it ends when its stdin closes. */
function keepAlive(process: Child, on: boolean): void {
  // Pipes of a child are sockets, which the types do not say.
  for (const handle of [process, process.stdin as Socket, process.stdout as unknown as Socket])
    if (on) handle.ref()
    else handle.unref()
}
