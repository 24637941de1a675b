/** Running other programs: quietly into a log, or in the foreground. */
import { spawn, spawnSync } from 'node:child_process'
import { appendFileSync, createWriteStream, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { cached, root } from './place.mjs'

/** A failure that a person can read: one sentence, and what to do. Printed without a stack. */
export class LaunchError extends Error {}

export function say(line) {
  process.stdout.write(`${line}\n`)
}

/** Runs `work` under a one-line title; says how long it took when that was long enough to wonder. */
export async function step(title, work) {
  const started = Date.now()
  say(`· ${title}`)
  const result = await work()
  const seconds = (Date.now() - started) / 1000
  if (seconds >= 3) say(`  done in ${seconds.toFixed(0)} s`)
  return result
}

/**
 * Runs a program with its output in `out/launch/<log>.log`. Resolves with its exit code; `check: true`
 * turns any other code than 0 into a LaunchError that shows the end of the log and where it is.
 */
export async function quiet(log, command, args, options = {}) {
  const { check = true, limitSeconds, env, append = false } = options
  const path = cached(`${log}.log`)
  const stream = createWriteStream(path, { flags: append ? 'a' : 'w' })
  await new Promise((done) => stream.once('open', done))
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', stream, stream],
    windowsHide: true,
    shell: process.platform === 'win32' && command.endsWith('.cmd'),
  })
  let late = false
  const timer = limitSeconds
    ? setTimeout(() => {
        late = true
        child.kill()
      }, limitSeconds * 1000)
    : null
  const code = await ended(child)
  if (timer) clearTimeout(timer)
  stream.end()
  if (late) appendFileSync(path, `\nstopped after ${limitSeconds} s\n`)
  if (check && code !== 0) {
    throw new LaunchError(
      `${tail(path)}\n[launch] ${[command, ...args].join(' ')} ended with ${code}. The whole log: ${relative(root, path)}`,
    )
  }
  return code
}

/** Runs a program in the foreground, passing signals on; resolves with its exit code. */
export async function foreground(command, args, options = {}) {
  const child = spawn(command, args, {
    cwd: options.cwd ?? root,
    env: { ...process.env, ...options.env },
    stdio: 'inherit',
  })
  return ended(child)
}

/** What a program printed, or null when it failed or does not exist. */
export function output(command, args) {
  const result = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  return result.status === 0 ? result.stdout.trim() : null
}

export function tail(path, lines = 30) {
  return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-lines).join('\n')
}

/**
 * Waits for a child. Ctrl+C in a terminal reaches every process of the group by itself, so it is passed on
 * only where there is no terminal; a second copy would read as a second Ctrl+C.
 */
function ended(child) {
  const pass = (signal) => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, pass)
  return new Promise((done, failed) => {
    child.once('error', failed)
    child.once('close', (code, signal) => {
      for (const name of signals) process.off(name, pass)
      done(code ?? (signal === 'SIGINT' ? 130 : 1))
    })
  })
}
