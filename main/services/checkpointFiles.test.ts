/** What opening a workspace makes of checkpoints that a disk or a person has changed. */
import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { filledWorkspace, type Workspace } from '../exchange/workspaceFixture.ts'
import { filesOf } from '../training/checkpointFiles.ts'
import { sweepCheckpoints } from './checkpointFiles.ts'
import { bytesSetAside, removeSetAside, setAside } from './setAside.ts'

let workspace: Workspace
beforeEach(() => void (workspace = filledWorkspace()))
afterEach(() => workspace.remove())

const listed = (runId: number) => workspace.store.checkpoints.ofRun(runId)
const files = (folder: string): Record<string, string> =>
  existsSync(folder)
    ? Object.fromEntries(
        readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'base64')]),
      )
    : {}
const whole = (runId: number) => files(workspace.checkpointFolder(runId))
const aside = (runId: number) => files(join(workspace.folder, 'checkpoints', 'set-aside', String(runId)))
const open = (): void => sweepCheckpoints(workspace.store, workspace.folder)
const remarks = (runId: number): string[] =>
  workspace.store.runs
    .get(runId)
    .events.filter(({ kind }) => kind === 'remark')
    .map(({ note }) => note)

describe('a checkpoint that is not as long as it was written', () => {
  it.each([
    [
      'weights cut short',
      0,
      (file: string) => truncateSync(file, 500),
      '(its files have 1,114 bytes, not 1,214)',
    ],
    [
      'state cut to nothing',
      1,
      (file: string) => truncateSync(file, 0),
      '(its files have 621 bytes, not 1,214)',
    ],
    [
      'a longer description',
      2,
      (file: string) => writeFileSync(file, ' '.repeat(30)),
      '(its files have 1,223 bytes, not 1,214)',
    ],
    ['no weights', 0, (file: string) => rmSync(file), '(1 of its 3 files is missing)'],
  ])('%s: is set aside as it is, and said', async (_, nth, damage, fault) => {
    const [first] = listed(1)
    const others = { one: listed(1).slice(1), two: listed(2), files: whole(2) }
    damage(filesOf(first!.path)[nth]!)
    const before = whole(1)
    const left = filesOf(first!.path).filter((file) => existsSync(file))

    open()
    expect(listed(1)).toEqual(others.one)
    expect([listed(2), whole(2)]).toEqual([others.two, others.files])
    expect(Object.keys(aside(1)).toSorted()).toEqual(left.map((file) => basename(file)).toSorted())
    // Not a byte is lost.
    expect({ ...whole(1), ...aside(1) }).toEqual(before)
    expect(remarks(1)).toEqual([
      `the checkpoint of step 10 is damaged ${fault}; what is left of it was set aside in checkpoints/set-aside/1`,
    ])
    const bytes = Object.values(aside(1)).reduce((sum, data) => sum + Buffer.from(data, 'base64').length, 0)
    expect(await bytesSetAside(workspace.folder)).toEqual(new Map([[1, bytes]]))

    const [kept, set] = [whole(1), aside(1)]
    open()
    expect([whole(1), aside(1), remarks(1).length]).toEqual([kept, set, 1])
  })

  it('with all files gone: leaves the list, and is said', async () => {
    for (const file of filesOf(listed(1)[0]!.path)) rmSync(file)
    open()
    expect(listed(1)).toHaveLength(2)
    expect(remarks(1)).toEqual(['the files of the checkpoint of step 10 are gone'])
    expect(await bytesSetAside(workspace.folder)).toEqual(new Map())
  })

  it('set aside under a name that is taken: both are kept', () => {
    const { path } = listed(1)[0]!
    const [weights] = filesOf(path)
    truncateSync(weights, 10)
    const first = readFileSync(weights, 'base64')
    open()
    for (const [file, text] of [...filesOf(path).entries()].map(
      ([i, name]) => [name, `written again ${i}`] as const,
    ))
      writeFileSync(file, text)
    setAside(workspace.folder, 1, path)
    expect(aside(1)).toMatchObject({ [basename(weights)]: first })
    expect(Buffer.from(aside(1)[`2-${basename(weights)}`]!, 'base64').toString()).toBe('written again 0')
    expect(Object.keys(aside(1))).toHaveLength(6)
  })

  it('that cannot be moved stays where it is, listed', () => {
    truncateSync(listed(1)[0]!.path, 10)
    const before = whole(1)
    // A file where the folder would be.
    writeFileSync(join(workspace.folder, 'checkpoints', 'set-aside'), 'mine')
    open()
    expect([listed(1).length, whole(1), remarks(1)]).toEqual([3, before, []])
  })

  it('of a run whose deletion a kill broke off goes with the run', () => {
    truncateSync(listed(2)[0]!.path, 10)
    workspace.store.removal.begin(2)
    open()
    expect([whole(2), aside(2)]).toEqual([{}, {}])
  })
})

it('a flipped bit leaves the length as it was: the checkpoint stays, and reading it is what finds out', () => {
  const { path } = listed(1)[0]!
  const bytes = readFileSync(path)
  bytes[100]! ^= 1
  writeFileSync(path, bytes)
  const before = [listed(1), whole(1)]
  open()
  expect([listed(1), whole(1), aside(1), remarks(1)]).toEqual([...before, {}, []])
})

it('leftovers of a process that was killed are removed, other files are not', () => {
  const folder = workspace.checkpointFolder(1)
  const before = whole(1)
  for (const name of ['last-999.safetensors', 'step-3.json.77.tmp', 'notes.txt'])
    writeFileSync(join(folder, name), 'x')
  open()
  const { 'notes.txt': notes, ...ours } = whole(1)
  expect(ours).toEqual(before)
  expect(notes).toBeDefined()
})

it('what was set aside is deleted of one run or of all', async () => {
  for (const runId of [1, 2]) truncateSync(listed(runId)[0]!.path, 10)
  open()
  expect([...(await bytesSetAside(workspace.folder)).keys()]).toEqual([1, 2])
  await removeSetAside(workspace.folder, 1)
  expect([...(await bytesSetAside(workspace.folder)).keys()]).toEqual([2])
  await removeSetAside(workspace.folder)
  await removeSetAside(workspace.folder)
  expect(await bytesSetAside(workspace.folder)).toEqual(new Map())
})
