import { dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where in its project's code something was defined. */
export interface DefinedAt {
  /** The modules whose code was at work, innermost first: absolute paths. */
  readonly files: readonly string[]
  /** The lines and columns in them, and how often something was defined just there before. */
  readonly place: string
}

const deepest = 100
// On globalThis under a registered symbol: two copies of this package may define at one place.
const counts = Symbol.for('@airlock-ml/sdk/defined-at.v1')
const ambient = globalThis as { [counts]?: Map<string, number> }

/**
 * Where the call is made that leads here: not only the caller, but every module in the stack, so that what a function of
 * one module defines for another stands on both. Undefined where the stack does not tell, for then nothing may be
 * concluded from it.
 */
export function definedAt(): DefinedAt | undefined {
  const frames = stackLines()
    .filter((line) => !/\bnode:|\(native\)|<anonymous>\)?$/.test(line))
    .map((line) => /(?:\(|at (?:async )?)(file:\/\/.+|\/.+|[A-Za-z]:[\\/].+):(\d+):(\d+)\)?$/.exec(line))
  if (frames.length === 0 || frames.length >= deepest || frames.includes(null)) return undefined
  const all = frames.map((frame) => ({ file: pathOf(frame![1]!), position: `${frame![2]}:${frame![3]}` }))
  const at = all.slice(all.findIndex(({ file }) => !isOurs(file)))
  const place = at.map(({ position }) => position).join(' ')
  const files = [...new Set(at.map(({ file }) => file))]
  ambient[counts] ??= new Map()
  const known = ambient[counts]
  const key = JSON.stringify([place, files])
  const earlier = known.get(key) ?? 0
  known.set(key, earlier + 1)
  return { files, place: `${place} #${earlier}` }
}

/** What stands between the author's call and this module: the package's version says what it is. */
const definers = ['define', 'command-step'].map((folder) => join(dirname(import.meta.dirname), folder) + sep)
const isOurs = (file: string) => file === import.meta.filename || definers.some((folder) => file.startsWith(folder))

const pathOf = (found: string) => (found.startsWith('file:') ? fileURLToPath(found) : found).split('?')[0]!

function stackLines(): string[] {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = deepest
  const { stack = '' } = new Error('where')
  Error.stackTraceLimit = stackTraceLimit
  const lines = stack.split('\n').slice(1)
  // Below the loader stands whoever asked for the module, who has no part in what it defines.
  const loader = lines.findIndex((line) => /\bnode:internal\/modules\/|^\s*at async /.test(line))
  return loader < 0 ? lines : lines.slice(0, loader)
}
