import type { Result } from '../output/result.ts'
import type { Described } from './specs.ts'

/** A command as the manifest lists it: what parsing and help need, and how to load what it does. */
export type Entry = Described & {
  readonly load: () => Promise<{ default: { run: (call: never) => Promise<Result> } }>
}
