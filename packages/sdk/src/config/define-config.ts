// Light on purpose: every command imports a project's configuration, so this module imports nothing at run time.
import type { Environment } from '@airlock-ml/contract'

/** A part of a stack, as `{ type: 'orchestrator', flavor: 'local' }`. */
export interface ComponentConfig {
  readonly type: 'orchestrator' | 'artifact_store' | 'container_registry' | 'experiment_tracker' | 'alerter'
  readonly flavor: string
  /** Settings of the flavor; plain JSON. */
  readonly config?: Readonly<Record<string, unknown>>
}

/** Where and with what pipelines run. */
export interface StackConfig {
  /** For cost and search. */
  readonly labels?: Readonly<Record<string, string>>
  /** Left out: `governance/stacks.yaml` says what the stack is made of. */
  readonly components?: readonly ComponentConfig[]
}

/** A workspace of the project. */
export interface WorkspaceConfig {
  /** Stacks by name. */
  readonly stacks: Readonly<Record<string, StackConfig>>
  /** Address of its server. Without one the workspace lives in `.airlock/NAME/` of the project. */
  readonly url?: string
  /** Workspaces whose bundles it accepts: `airlock init` makes their keys known to it. */
  readonly trusts?: readonly string[]
  /** Born with four eyes: once a second admin can sign, loosening its rules takes two people. Default false. */
  readonly fourEyes?: boolean
}

/** How runs of an environment are configured. */
export interface EnvironmentConfig<Workspace extends string = string, Stack extends string = string> {
  readonly workspace: Workspace
  /** A stack of that workspace. */
  readonly stack: Stack
  /** Path of the YAML file with labels and the parameters of each pipeline. */
  readonly config: string
}

/** The configuration of a project: the default export of its `airlock.config.ts`. Paths are relative to that file. */
export interface ProjectConfig<Workspaces = Readonly<Record<string, WorkspaceConfig>>> {
  /** Name of the project in every workspace. */
  readonly project: string
  /** Path or URL of the object store through which workspaces exchange signed bundles. */
  readonly exchange: string
  /** Workspaces by name. */
  readonly workspaces: Workspaces
  readonly environments: { readonly [E in Environment]?: EnvironmentOf<Workspaces> }
  /** Folder with a file for each pipeline. Default `src/pipelines`. */
  readonly pipelines?: string
  /**
   * Modules whose default export runs once at the end of every run, or once when a breach of drift begins, in this order.
   * Authors cannot drop them.
   */
  readonly hooks?: { readonly [On in 'success' | 'failure' | 'drift']?: readonly string[] }
}

type EnvironmentOf<Workspaces> = {
  [W in keyof Workspaces & string]: EnvironmentConfig<W, StackOf<Workspaces[W]>>
}[keyof Workspaces & string]

type StackOf<Workspace> = Workspace extends { readonly stacks: infer Stacks } ? keyof Stacks & string : never

/**
 * Types the configuration of a project: an environment can only name a workspace and a stack that are there. Checks
 * nothing at run time; whoever loads the file does.
 *
 * @example
 * export default defineConfig({
 *   project: 'cancer-detection',
 *   exchange: '.airlock/exchange',
 *   workspaces: {
 *     'enterprise-dev-staging': {
 *       stacks: { 'dev-stack': { components: [{ type: 'orchestrator', flavor: 'local' }] } },
 *     },
 *   },
 *   environments: {
 *     local: { workspace: 'enterprise-dev-staging', stack: 'dev-stack', config: 'configs/local.yaml' },
 *   },
 * })
 */
export function defineConfig<Workspaces extends Readonly<Record<string, WorkspaceConfig>>>(
  config: ProjectConfig<Workspaces>,
): ProjectConfig {
  return config as unknown as ProjectConfig
}
