/**
 * Files of metrics that another program writes, read into the run table as they grow. Lives in the process that writes to
 * the workspace; what was followed when that ended is taken up again by the next.
 */
import { realpathSync } from 'node:fs'
import { dirname, isAbsolute, join, basename, sep } from 'node:path'
import { UserError } from '../../common/errors.ts'
import type { Follow } from '../../common/exchange/follow.ts'
import { isFollowed, type Exchanger } from '../../exchange/index.ts'
import type { FollowRecord, Store } from '../../store/index.ts'
import { Latest } from '../latest.ts'
import { Following } from './following.ts'

/** Each has a thread of its own. */
const most = 16
/** Milliseconds between two words to who watches, while lines come. */
const between = 150

interface Parts {
  store: Store
  exchanger: Exchanger
  workspace: string
  /** Milliseconds without a line after which a writer is taken to be gone. */
  silence?: number
}

export class FollowService {
  readonly #parts: Parts
  readonly #followings = new Map<number, Following>()
  readonly #list = new Latest<Follow[]>([])
  #telling: NodeJS.Timeout | null = null

  /** @param resume whether what was followed before is taken up */
  constructor(parts: Parts, resume: boolean) {
    this.#parts = parts
    this.#read(resume)
  }

  /** Takes up what was followed by the process that wrote before. */
  resume(): void {
    this.#read(true)
  }

  #read(resume: boolean): void {
    this.#followings.clear()
    for (const record of this.#parts.store.follows.list()) {
      const following = this.#add(record)
      if (resume && record.active) following.start(this.#others(record.id))
    }
    this.#tell()
  }

  /** As they are now, and whenever something has changed. */
  watch(signal?: AbortSignal): AsyncGenerator<Follow[], void, void> {
    return this.#list.watch(signal)
  }

  /**
   * Begins to follow a path, or goes on where it was. One that is followed already is left as it is.
   * @param typed need not be there yet
   * @throws UserError `follow/path`, `follow/inside`, `follow/many`
   */
  start(typed: string): Follow {
    const path = resolved(typed)
    const running = [...this.#followings.values()].filter(({ active }) => active)
    const same = running.find(({ record }) => record.path === path)
    if (same) return same.follow
    const outer = running.find(
      ({ record, paths }) =>
        (isFollowed(basename(path)) && path.startsWith(record.path + sep)) || paths.includes(path),
    )
    if (outer)
      throw new UserError({
        code: 'follow/inside',
        what: `${path} is followed already, as a part of ${outer.record.path}.`,
        mend: 'Its runs are in the table, or will be when it has lines.',
      })
    if (running.length >= most)
      throw new UserError({
        code: 'follow/many',
        what: `${running.length} files and folders are followed already.`,
        mend: 'Stop one of them, or follow the folder that holds them all.',
      })
    const record = this.#parts.store.follows.add(path)
    const following = this.#add(record)
    following.start(this.#others(record.id))
    this.#tell()
    return following.follow
  }

  /** Its runs stay; `start` goes on where it was. @throws UserError `follow/unknown` */
  async stop(id: number): Promise<void> {
    const following = this.#get(id)
    this.#parts.store.follows.setActive(id, false)
    await following.stop('Following it was stopped')
    this.#tell()
  }

  /** Stops, and forgets how far it was read; its runs stay. @throws UserError `follow/unknown` */
  async remove(id: number): Promise<void> {
    await this.stop(id)
    this.#followings.delete(id)
    this.#parts.store.follows.remove(id)
    this.#tell()
  }

  async close(): Promise<void> {
    if (this.#telling) clearTimeout(this.#telling)
    await Promise.all([...this.#followings.values()].map((following) => following.stop(null)))
    if (this.#telling) clearTimeout(this.#telling)
  }

  #add(record: FollowRecord): Following {
    const following = new Following({
      store: this.#parts.store,
      exchanger: this.#parts.exchanger,
      workspace: this.#parts.workspace,
      record,
      silence: this.#parts.silence ?? 10 * 60_000,
      onChange: () => this.#tellSoon(),
    })
    this.#followings.set(record.id, following)
    return following
  }

  /** Files that others read. */
  #others(id: number): string[] {
    return [...this.#followings.values()]
      .filter((other) => other.record.id !== id && other.active)
      .flatMap(({ record, paths }) => [record.path, ...paths])
  }

  #get(id: number): Following {
    const following = this.#followings.get(id)
    if (following) return following
    throw new UserError({
      code: 'follow/unknown',
      what: `There is nothing of the number ${id} that is followed.`,
      mend: 'It may have been removed; look at the list.',
    })
  }

  #tell(): void {
    this.#list.set([...this.#followings.values()].map(({ follow }) => follow))
  }

  #tellSoon(): void {
    this.#telling ??= setTimeout(() => {
      this.#telling = null
      this.#tell()
    }, between)
  }
}

/** Without links, as far as it is there. */
function resolved(path: string): string {
  if (!isAbsolute(path))
    throw new UserError({
      code: 'follow/path',
      what: `“${path}” is no whole path.`,
      mend: 'Say where the file is from the root on, such as /mnt/shared/run/metrics.jsonl.',
    })
  try {
    return realpathSync(path)
  } catch {
    return dirname(path) === path ? path : join(resolved(dirname(path)), basename(path))
  }
}
