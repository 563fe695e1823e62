import type { Client } from '@airlock-ml/client'
import type { CacheAnswer, StepCode } from '@airlock-ml/contract'
import type { GraphStep } from '../compile/graph.ts'
import type { AnyStep } from '../define/any-step.ts'
import { NamedFiles } from './named-files.ts'
import { StepCodeReader } from './step-code.ts'
import { WatchedCode } from './watched-code.ts'

/** Where the code of cached steps lies, and whether what is in the cache is taken. */
export interface CacheOptions {
  /** Absolute path of the project's folder. */
  readonly projectDir: string
  /** Run every step, and keep what it makes for later runs. Default false. */
  readonly renew?: boolean
  /** For runs that repeat while code is written: of a module, what other steps do takes no part. Default false. */
  readonly watched?: boolean
}

/** The run whose steps are looked up. */
export interface CachedRun {
  readonly client: Client
  readonly held: { readonly project: string; readonly runId: string }
  readonly leaseToken: string
}

type LookedUp = Exclude<CacheAnswer, { state: 'waiting' }>

/**
 * What the workspace says of the steps that ask for the cache. It is asked for as many as can be at once, so that a run
 * that is cached through and through takes one request.
 */
export class StepCache {
  readonly #run: CachedRun
  readonly #steps: readonly GraphStep[]
  readonly #reader: StepCodeReader
  readonly #renew: boolean
  readonly #named: NamedFiles
  readonly #watched: WatchedCode | null
  readonly #answers = new Map<string, LookedUp>()
  readonly #codes = new Map<AnyStep, Promise<StepCode>>()
  #asking: Promise<unknown> = Promise.resolve()

  constructor(
    run: CachedRun,
    steps: readonly GraphStep[],
    { projectDir, renew = false, watched = false }: CacheOptions,
  ) {
    this.#run = run
    this.#steps = steps.filter(({ step }) => step.cache)
    this.#reader = readerOf(projectDir)
    this.#renew = renew
    this.#named = new NamedFiles(projectDir)
    const definitions = steps.map(({ definition }) => definition)
    this.#watched = watched ? new WatchedCode(projectDir, definitions) : null
  }

  /** The answer for a step that is about to begin; undefined for one that does not ask for the cache. */
  async lookUp({ step }: GraphStep): Promise<LookedUp | undefined> {
    if (!step.cache) return undefined
    const asked = this.#asking.then(async () => {
      if (!this.#answers.has(step.name)) await this.#ask(step.name)
    })
    this.#asking = asked.catch(() => {})
    await asked
    return this.#answers.get(step.name)
  }

  async #ask(wanted: string): Promise<void> {
    const asked = this.#steps.filter(({ step }) => {
      if (this.#answers.has(step.name)) return false
      // Whether these begin at all is not known before their turn.
      return step.name === wanted || !(step.when || step.after)
    })
    const codeOfStep = await Promise.all(asked.map((each) => this.#codeOf(each)))
    const codes = [...new Set(codeOfStep)]
    const steps = asked.map(({ step }, at) => ({ step: step.name, code: codes.indexOf(codeOfStep[at]!) }))
    const { client, held, leaseToken } = this.#run
    const answer = await client.takeCached({ ...held, body: { leaseToken, codes, steps, renew: this.#renew } })
    for (const [name, found] of Object.entries(answer.steps)) {
      if (found.state !== 'waiting') this.#answers.set(name, found)
    }
  }

  async #codeOf({ definition, step }: GraphStep): Promise<StepCode> {
    const modules = await this.#modulesOf(definition)
    const code = this.#watched
      ? await this.#watched.of(definition, { code: modules, runId: this.#run.held.runId })
      : modules
    const named = await this.#named.of(step.parameters)
    return Object.keys(named).length === 0 ? code : { ...code, files: { ...code.files, ...named } }
  }

  #modulesOf(definition: AnyStep): Promise<StepCode> {
    const known = this.#codes.get(definition) ?? this.#reader.of(definition.definedAt)
    this.#codes.set(definition, known)
    return known
  }
}

const readers = new Map<string, StepCodeReader>()

/** One for each project of the process, as it loads each module once. */
function readerOf(projectDir: string): StepCodeReader {
  const known = readers.get(projectDir) ?? new StepCodeReader(projectDir)
  readers.set(projectDir, known)
  return known
}
