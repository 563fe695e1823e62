import { hash } from 'node:crypto'
import { delimiter } from 'node:path'
import type { StepCode } from '@airlock-ml/contract'
import { codeOf } from '../code/code-of.ts'
import type { DefinedAt } from '../code/defined-at.ts'
import { dependenciesOf } from '../code/dependencies-of.ts'
import { type Module, ModuleGraph } from '../code/module-graph.ts'

/**
 * Works out what the code of steps is made of, reading each module once: a process runs the code that it loaded, whatever
 * becomes of the files afterwards.
 */
export class StepCodeReader {
  readonly #projectDir: string
  readonly #graph: ModuleGraph
  readonly #reached = new Map<string, Promise<readonly Module[]>>()
  #lockFile: Promise<string | null> | undefined
  #project: Promise<string> | undefined

  constructor(projectDir: string) {
    this.#projectDir = projectDir
    this.#graph = new ModuleGraph(projectDir)
  }

  /**
   * The modules that a step's definition stands on, with all they import, and the packages these use. Where that cannot
   * be followed to its end, the digest of the whole project tree takes part, and says why.
   */
  async of(definedAt: DefinedAt | undefined): Promise<StepCode> {
    const modules = definedAt ? await this.#reachedFrom(definedAt.files) : []
    const why = definedAt ? whyNotFollowed(modules) : 'it does not tell where it was defined'
    const packages = modules.flatMap((module) => module.packages)
    this.#lockFile ??= dependenciesOf(this.#projectDir).then(({ lockFile }) => lockFile)
    return {
      files: Object.fromEntries(modules.map(({ path, digest }) => [path, digest ?? absent])),
      packages: Object.fromEntries(packages.map(({ name, version, digest }) => [name, shown(version, digest)])),
      lockFile: await this.#lockFile,
      node: process.version,
      place: definedAt?.place ?? '',
      project: why === null ? null : { digest: await this.#projectDigest(), why },
    }
  }

  #projectDigest(): Promise<string> {
    this.#project ??= codeOf(this.#projectDir).then(({ digest }) => digest)
    return this.#project
  }

  #reachedFrom(files: readonly string[]): Promise<readonly Module[]> {
    const key = files.join(delimiter)
    const known = this.#reached.get(key) ?? this.#graph.reachedFrom(files)
    this.#reached.set(key, known)
    return known
  }
}

const absent = hash('sha256', '')
const shown = (version: string, digest: string | null) => (digest === null ? version : `${version} ${digest}`)

function whyNotFollowed(modules: readonly Module[]): string | null {
  for (const { path, unfollowed, problem } of modules) {
    if (problem !== null) return problem.slice(0, 500)
    if (unfollowed !== null) return `${path}: ${unfollowed}`.slice(0, 500)
  }
  return null
}
