import { resolve } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { defaultWorkspace } from '../paths.ts'
import { typedPath, workspaceArgument } from './options.ts'

afterEach(() => vi.unstubAllEnvs())

it('finds the workspace among the switches of Electron and its tools', () => {
  expect(workspaceArgument(['--no-sandbox', '.', '--workspace', '/a/b', '--inspect=0'])).toBe('/a/b')
  expect(workspaceArgument(['.', '--workspace=/a/b'])).toBe('/a/b')
})

it('is the default one when nothing is named', () => {
  expect(workspaceArgument([])).toBe(defaultWorkspace())
  expect(workspaceArgument(['--workspace'])).toBe(defaultWorkspace())
  expect(workspaceArgument(['--workspace', '--json'])).toBe(defaultWorkspace())
})

it('reads a path from where the person was, not from where npm went', () => {
  vi.stubEnv('INIT_CWD', resolve('/home/somebody'))
  expect(typedPath('runs')).toBe(resolve('/home/somebody/runs'))
  expect(typedPath('/runs')).toBe(resolve('/runs'))
})
