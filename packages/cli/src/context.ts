import type { Entry } from './manifest/entry.ts'
import type { Colours } from './output/colours.ts'

/** The process around a command, passed in so that tests can bring their own. */
export type Host = {
  cwd: string
  env: Readonly<Record<string, string | undefined>>
  stdin: NodeJS.ReadableStream & { isTTY?: boolean }
  stdout: NodeJS.WritableStream & { isTTY?: boolean; columns?: number }
  stderr: NodeJS.WritableStream & { isTTY?: boolean }
  now: () => Date
}

/** What every command gets besides its own arguments. */
export type Context = Host & {
  /** The global options as given. */
  flags: { json: boolean; workspace?: string; project?: string; as?: string }
  colours: Colours
  /** Every command there is. */
  commands: readonly Entry[]
  /** Writes a line for people to stderr, where it disturbs no document. */
  note: (line: string) => void
  /** Runs when the command has ended, well or not, last registered first. */
  onEnd: (close: () => Promise<void> | void) => void
  /**
   * Who is told what was thrown where nobody waits for it, as in a timer, instead of that ending the command; the last to
   * ask is. Answers with the function that ends this.
   */
  takeStrays: (take: (thrown: unknown) => void) => () => void
}
