import type { ServedVersion } from '@airlock-ml/contract'
import type { ReferenceProfile } from '@airlock-ml/tabular'
import type { AnsweredBatch } from '../answer/answered-batch.ts'
import { type WatchedShape, type WatchedVersion, type WindowPart, watchVersion } from './watched-version.ts'

/** The windows that are open in this process, one of each version and role, and the profiles they are held against. */
export class OpenWindows {
  readonly #now: () => number
  readonly #profiles = new Map<string, ReferenceProfile>()
  readonly #windows = new Map<string, WatchedVersion>()

  constructor(now: () => number) {
    this.#now = now
  }

  learn(versionId: string, profile: ReferenceProfile): void {
    this.#profiles.set(versionId, profile)
  }

  knows(versionId: string): boolean {
    return this.#profiles.has(versionId)
  }

  get versions(): string[] {
    return [...this.#profiles.keys()]
  }

  get all(): WatchedVersion[] {
    return [...this.#windows.values()]
  }

  /** The window of what was answered; undefined for a version without a profile. */
  of(shape: WatchedShape): WatchedVersion | undefined {
    const known = this.#windows.get(keyOf(shape))
    if (known) return known
    const profile = this.#profiles.get(shape.version.id)
    if (!profile) return undefined
    const opened = watchVersion(profile, shape, this.#now)
    this.#windows.set(keyOf(shape), opened)
    return opened
  }

  /** Empties the windows of these versions: what was counted, for another process. */
  take(versionIds: readonly string[]): WindowPart[] {
    return this.all
      .filter(({ version, rows }) => rows() > 0 && versionIds.includes(version.id))
      .map((window) => window.take())
  }

  /** Forgets a version, and returns the windows that were open of it. */
  forget(versionId: string): WatchedVersion[] {
    this.#profiles.delete(versionId)
    const left = this.all.filter(({ version }) => version.id === versionId)
    for (const [key, window] of this.#windows) if (left.includes(window)) this.#windows.delete(key)
    return left
  }
}

export const keyOf = ({ role, version }: { role: AnsweredBatch['role']; version: ServedVersion }): string =>
  `${role} ${version.id}`
