import { beforeEach, describe, expect, it, vi } from 'vitest'
import { emptyDocument, type ModelDocument } from '../../main/common/document.ts'
import { addNode, connect, renameDocument, rename, setParameter } from '../../main/common/edit.ts'
import type { Model } from '../../main/common/schemas.ts'
import { templates } from '../../main/common/templates.ts'
import { keepSaved, saveNow, stopSaving, useSaving, type ModelStore } from './autosave.ts'
import { endGesture, redo, undo, useModel } from './store.ts'

const model = (): ModelDocument => templates()[0]?.document as ModelDocument
const state = (): ReturnType<typeof useModel.getState> => useModel.getState()
const stepsBack = (): number => useModel.temporal.getState().pastStates.length

beforeEach(() => {
  stopSaving()
  state().open(null, emptyDocument())
})

describe('undo', () => {
  it('is one step per edit, and covers parameters, names, places and wires', () => {
    const seen = [state().document]
    const edits: ((document: ModelDocument) => ModelDocument)[] = [
      () => model(),
      (document) => setParameter(document, 'hidden', 'outFeatures', 64),
      (document) => rename(document, 'hidden', 'features'),
      (document) => addNode(document, 'relu', { x: 1, y: 2 }).document,
    ]
    for (const edit of edits) {
      state().apply(edit)
      seen.push(state().document)
    }
    expect(stepsBack()).toBe(4)
    for (let i = 3; i >= 0; i--) {
      undo()
      expect(state().document).toBe(seen[i])
    }
    undo()
    expect(state().document).toBe(seen[0])
    for (let i = 1; i <= 4; i++) {
      redo()
      expect(state().document).toBe(seen[i])
    }
  })

  it('joins what is typed in one field until it is left', () => {
    state().setDocument(model())
    const type = (value: number): void =>
      state().apply((document) => setParameter(document, 'hidden', 'outFeatures', value), 'field')
    for (const value of [6, 64, 641]) type(value)
    expect(stepsBack()).toBe(2)
    endGesture()
    type(7)
    expect(stepsBack()).toBe(3)
    undo()
    expect(state().document.nodes.find((node) => node.id === 'hidden')?.parameters.outFeatures).toBe(641)
    undo()
    expect(state().document.nodes.find((node) => node.id === 'hidden')?.parameters.outFeatures).toBe(256)
  })

  it('never joins an edit to a gesture that an undo or another edit interrupted', () => {
    state().setDocument(model())
    const type = (value: number): void =>
      state().apply((document) => setParameter(document, 'hidden', 'outFeatures', value), 'field')
    type(1)
    undo()
    type(2)
    expect(stepsBack()).toBe(2)
    state().apply((document) => renameDocument(document, 'Other'))
    type(3)
    expect(stepsBack()).toBe(4)
  })

  it('keeps no step for an edit that changed nothing or was refused', () => {
    state().setDocument(model())
    state().apply((document) => rename(document, 'hidden', ''))
    const refused = state().attempt((document) =>
      connect(document, { node: 'relu', port: 'output' }, { node: 'relu', port: 'input' }),
    )
    expect(refused).toBe('ReLU cannot feed itself.')
    expect(stepsBack()).toBe(1)
  })

  it('does not reach into the model that was open before', () => {
    state().setDocument(model())
    state().open('other', emptyDocument('Other'))
    undo()
    expect(state().document.name).toBe('Other')
  })
})

describe('autosave', () => {
  const store = (stored: Model[] = []): ModelStore & { saved: [string | null, string][] } => {
    const saved: [string | null, string][] = []
    return {
      saved,
      list: () => Promise.resolve(stored),
      save: ({ id, document }) => {
        saved.push([id, document.name])
        return Promise.resolve({
          id: id ?? `model-${saved.length}`,
          name: document.name,
          updatedAt: 0,
          document,
        })
      },
    }
  }
  const nameIt = (name: string): void => state().apply((document) => renameDocument(document, name))
  const unexpected = (error: unknown): void => expect.unreachable(String(error))

  it('opens the newest model, and saves a pause after the last change', async () => {
    vi.useFakeTimers()
    try {
      const models = store([{ id: 'm', name: 'Kept', updatedAt: 1, document: { ...model(), name: 'Kept' } }])
      await keepSaved(models, unexpected)
      expect(state().document.name).toBe('Kept')
      nameIt('One')
      nameIt('Two')
      expect(models.saved).toEqual([])
      await vi.runAllTimersAsync()
      expect(models.saved).toEqual([['m', 'Two']])
      expect(useSaving.getState().state).toBe('saved')
    } finally {
      vi.useRealTimers()
    }
  })

  it('gives a new model its id once, also when it changes while it is being saved', async () => {
    const models = store()
    await keepSaved(models, unexpected)
    nameIt('One')
    const first = saveNow()
    nameIt('Two')
    await first
    await saveNow()
    expect(models.saved).toEqual([
      [null, 'One'],
      ['model-1', 'Two'],
    ])
    expect(state().id).toBe('model-1')
  })

  it('saves the model that is left before another is opened, under its own id', async () => {
    const models = store()
    await keepSaved(models, unexpected)
    nameIt('Left')
    state().open('other', emptyDocument('Other'))
    await saveNow()
    expect(models.saved).toEqual([[null, 'Left']])
    expect(state().id).toBe('other')
    nameIt('Other 2')
    await saveNow()
    expect(models.saved.at(-1)).toEqual(['other', 'Other 2'])
  })

  it('says when saving failed and tries again with the next change', async () => {
    const models = store()
    const failures: unknown[] = []
    const failing: ModelStore = { ...models, save: () => Promise.reject(new Error('disk full')) }
    await keepSaved(failing, (error) => failures.push(error))
    nameIt('One')
    await saveNow()
    expect(failures).toHaveLength(1)
    expect(useSaving.getState().state).toBe('failed')
    failing.save = models.save
    await saveNow()
    expect(models.saved).toEqual([[null, 'One']])
    expect(useSaving.getState().state).toBe('saved')
  })
})
