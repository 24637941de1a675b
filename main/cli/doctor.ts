/** `tapedeck doctor`: what was found on this machine and what to do about what was not. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { UserError } from '../common/errors.ts'
import type { Finding } from '../common/schemas.ts'
import { projectRoot } from '../paths.ts'
import { workspaceArgument } from '../shells/options.ts'
import type { Command } from './commands.ts'
import { withWorkbench } from './session.ts'

const help = `tapedeck doctor [options]

  --workspace DIR   the workspace to look at
  --json            print the findings as one JSON array
`

export const doctorCommand: Command = {
  summary: 'say what was found on this machine: engine, threads, CUDA, SQLite, Electron',
  help,
  async run(args) {
    const { values } = parseArgs({
      args,
      options: { workspace: { type: 'string' }, json: { type: 'boolean' }, verbose: { type: 'boolean' } },
    })
    const findings = [...(await examine(workspaceArgument(args))), electron(), display()]
    if (values.json) process.stdout.write(`${JSON.stringify(findings)}\n`)
    else process.stdout.write(asText(findings))
    return findings.some(({ status }) => status === 'problem') ? 1 : 0
  },
}

/** A workspace that is not there yet is not made for looking at it; one that refuses is a finding itself. */
async function examine(workspace: string): Promise<Finding[]> {
  const ask = (folder: string): Promise<Finding[]> => withWorkbench(folder, (client) => client.app.doctor())
  const aside = async (finding: Finding): Promise<Finding[]> => {
    const folder = mkdtempSync(join(tmpdir(), 'tapedeck-doctor-'))
    try {
      return [...(await ask(folder)).filter(({ name }) => name !== 'Workspace'), finding]
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  if (!existsSync(workspace)) {
    return aside({ name: 'Workspace', status: 'ok', value: `${workspace} (made at first use)`, mend: '' })
  }
  try {
    return await ask(workspace)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    // Open in a window is how it should be; everything else about a workspace needs a hand.
    const status = error.code === 'workspace/locked' ? 'ok' : 'problem'
    return aside({ name: 'Workspace', status, value: error.what, mend: status === 'ok' ? '' : error.mend })
  }
}

function electron(): Finding {
  const own = join(projectRoot(), 'node_modules', 'electron', 'dist')
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? own
  const version = join(folder, 'version')
  if (existsSync(version)) {
    const value = readFileSync(version, 'utf8').trim().replace(/^v/, '')
    return {
      name: 'Electron',
      status: 'ok',
      value: folder === own ? value : `${value} (${folder})`,
      mend: '',
    }
  }
  return {
    name: 'Electron',
    status: 'missing',
    value: 'its binary has not been downloaded; the browser shell works without it',
    mend: 'Run "npm start" on a machine with a display and a network, which downloads it once.',
  }
}

function display(): Finding {
  const found = process.platform !== 'linux' || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY)
  return found
    ? { name: 'Display', status: 'ok', value: 'found', mend: '' }
    : { name: 'Display', status: 'missing', value: 'none', mend: 'Use "npm run serve" and a browser.' }
}

const marks: Record<Finding['status'], string> = { ok: 'ok', missing: '--', problem: '!!' }

function asText(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ name }) => name.length))
  return findings
    .map(({ name, status, value, mend }) => {
      const line = `${marks[status]}  ${name.padEnd(width)}  ${value}\n`
      return mend === '' ? line : `${line}    ${' '.repeat(width)}  ${mend}\n`
    })
    .join('')
}
