/** The tapes that were recorded since the start: the newest of each run, in memory. */
import { UserError } from '../common/errors.ts'
import { whatIf } from '../common/tape/memory.ts'
import {
  tapeHeadSchema,
  type NodeGradients,
  type TapeHead,
  type TapeRecord,
  type WhatIf,
} from '../common/tape/record.ts'
import { unpacked } from '../training/tape/packed.ts'
import type { Recording } from '../training/tape/recording.ts'

/** A long tape takes some ten megabytes, its pictures eight more. */
const mostTapes = { ofRun: 4, all: 8 } as const

interface Kept extends Pick<Recording, 'memory' | 'gradients'> {
  record: TapeRecord
}

export class Tapes {
  /** Oldest first. */
  #kept: Kept[] = []
  #lastId = 0

  add(runId: number, source: TapeHead['source'], { record, memory, gradients }: Recording): TapeHead {
    const whole: TapeRecord = { ...record, id: ++this.#lastId, runId, source, recordedAt: Date.now() }
    this.#kept.push({ record: whole, memory, gradients })
    const ofRun = this.#kept.filter((kept) => kept.record.runId === runId)
    const gone = ofRun.length > mostTapes.ofRun ? ofRun[0] : undefined
    this.#kept = this.#kept.filter((kept) => kept !== gone).slice(-mostTapes.all)
    return tapeHeadSchema.parse(whole)
  }

  /** Newest first. */
  list(runId: number): TapeHead[] {
    return this.#kept
      .flatMap(({ record }) => (record.runId === runId ? [tapeHeadSchema.parse(record)] : []))
      .reverse()
  }

  /** @throws UserError `tape/unknown` */
  get(id: number): TapeRecord {
    return this.#find(id).record
  }

  /** @throws UserError `tape/unknown`, `tape/unknown-node` */
  gradients(id: number, node: number): NodeGradients {
    const found = this.#find(id).gradients.get(node)
    if (found) return unpacked(found)
    throw new UserError({
      code: 'tape/unknown-node',
      what: `The tape has kept no gradients of node ${node}.`,
      mend: 'Choose a node that the tape lists and that backward passed.',
    })
  }

  /** Layers `from` to `to` checkpointed. @throws UserError `tape/unknown`, `tape/unknown-layer` */
  whatIf(id: number, from: number, to: number): WhatIf {
    const { record, memory } = this.#find(id)
    const last = record.layers.length - 2
    if (from <= to && to <= last) return whatIf(memory, from, to)
    throw new UserError({
      code: 'tape/unknown-layer',
      what: `The tape has layers 0 to ${last}; ${from} to ${to} is no stretch of them.`,
      mend: 'Choose layers before the loss, the first one first.',
    })
  }

  /** A run was deleted. */
  forget(runId: number): void {
    this.#kept = this.#kept.filter(({ record }) => record.runId !== runId)
  }

  #find(id: number): Kept {
    const found = this.#kept.find(({ record }) => record.id === id)
    if (found) return found
    throw new UserError({
      code: 'tape/unknown',
      what: `There is no tape ${id} any more; the last ${mostTapes.ofRun} of a run are kept until Tapedeck is closed.`,
      mend: 'Record the step again.',
    })
  }
}
