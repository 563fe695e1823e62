import type { ExitCode } from '../exit-codes.ts'

/** What a command hands back; `main` prints it. */
export type Result = {
  /** The document of `--json`: the REST resource itself. Undefined when the command has printed it already. */
  data: unknown
  /** What a person reads on stdout without `--json`. */
  text: () => string | Promise<string>
  /** Default 0. */
  exitCode?: ExitCode
}
