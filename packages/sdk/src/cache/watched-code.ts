import { hash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import type { StepCode } from '@airlock-ml/contract'
import { ModuleSyntaxError, withoutTypes } from '../code/module-imports.ts'
import type { AnyStep } from '../define/any-step.ts'

/**
 * What the code of a step is made of, looked at more closely, for runs that repeat while it is written: of a module that
 * defines several steps, what the others do takes no part, and neither do lines that only moved. What is not inside of
 * some other step's `run` counts, imports and functions that they share.
 */
export class WatchedCode {
  readonly #projectDir: string
  /** When this process began: what was saved since may not be what it loaded. */
  readonly #sinceMs: number
  readonly #stepsIn: ReadonlyMap<string, readonly AnyStep[]>
  readonly #sources = new Map<string, Promise<string | null>>()

  constructor(projectDir: string, definitions: readonly AnyStep[], sinceMs: number = performance.timeOrigin) {
    this.#projectDir = projectDir
    this.#sinceMs = sinceMs
    const placed = [...new Set(definitions)].filter((definition) => definition.definedAt)
    this.#stepsIn = Map.groupBy(placed, ({ definedAt }) =>
      relative(projectDir, definedAt!.files[0]!).replaceAll(sep, '/'),
    )
  }

  /** The code of a step without what other steps do; `runId` sets it apart where it is not certain. */
  async of(step: AnyStep, { code, runId }: { code: StepCode; runId: string }): Promise<StepCode> {
    const paths = Object.keys(code.files).filter((path) => !path.startsWith('node_modules/'))
    if (await this.#isNewer(paths)) return { ...code, place: `${code.place}, saved while run ${runId} began` }
    const files = { ...code.files }
    for (const path of paths) {
      const others = (this.#stepsIn.get(path) ?? []).filter((other) => other !== step)
      const source = others.length > 0 ? await this.#sourceOf(path) : null
      if (source !== null) files[path] = hash('sha256', withoutBodies(source, step, others))
    }
    return { ...code, files, place: code.place.replace(/^.*(?=#)/, '') }
  }

  async #isNewer(paths: readonly string[]): Promise<boolean> {
    const found = await Promise.all(paths.map((path) => stat(join(this.#projectDir, path)).catch(() => null)))
    return found.some((each) => each === null || each.mtimeMs >= this.#sinceMs)
  }

  /** As it runs, with its types blanked; null for what cannot be read so. */
  #sourceOf(path: string): Promise<string | null> {
    const known = this.#sources.get(path) ?? this.#read(path)
    this.#sources.set(path, known)
    return known
  }

  async #read(path: string): Promise<string | null> {
    const source = await readFile(join(this.#projectDir, path), 'utf8')
    if (!/\.m?ts$/.test(path)) return source
    try {
      return await withoutTypes(source)
    } catch (error) {
      if (error instanceof ModuleSyntaxError) return null
      throw error
    }
  }
}

/** Only a function that is written where it is given to one step is nobody else's. */
function withoutBodies(source: string, own: AnyStep, others: readonly AnyStep[]): string {
  const kept = own.run.toString()
  let rest = source
  for (const { name, run } of others) {
    const body = run.toString()
    // A function that makes steps gives the same to each.
    if (body.includes(kept) || kept.includes(body)) continue
    const at = rest.indexOf(body)
    const isOnce = at >= 0 && rest.indexOf(body, at + 1) < 0
    const isInline = /\brun\s*:\s*$/.test(rest.slice(0, Math.max(at, 0))) || /^(async\s+)?run\s*\(/.test(body)
    if (isOnce && isInline) rest = `${rest.slice(0, at)}/* what ${name} does */${rest.slice(at + body.length)}`
  }
  return rest
}
