import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { PlatformError } from '@airlock-ml/contract'
import { showValue } from '../show-value.ts'
import type { Hook, Hooks, LoadedHook } from './hook.ts'

/**
 * Imports the hooks of a project, by the paths in airlock.config.ts or a snapshot. Throws `hook_invalid` for a module
 * that does not load or whose default export is no function, so that a run never starts without its hooks.
 */
export async function loadHooks(
  projectDir: string,
  paths: { readonly [On in keyof Hooks]?: readonly string[] | undefined },
): Promise<Hooks> {
  const load = (names: readonly string[] = []) => Promise.all(names.map((name) => loadHook(projectDir, name)))
  const [success, failure, drift] = [await load(paths.success), await load(paths.failure), await load(paths.drift)]
  // A drift hook runs in a process of its own, where it is loaded again.
  return { success, failure, drift: drift.map(({ name }) => ({ name, projectDir })) }
}

async function loadHook(projectDir: string, name: string): Promise<LoadedHook> {
  const run = await importDefault(join(projectDir, name), name)
  if (typeof run === 'function') return { name, run: run as Hook }
  throw new PlatformError('hook_invalid', `The default export of ${name} must be a function, but is ${showValue(run)}.`)
}

/** The default export of a module. @throws PlatformError `hook_invalid` where it does not load */
export async function importDefault(file: string, name: string): Promise<unknown> {
  try {
    return ((await import(pathToFileURL(file).href)) as { default?: unknown }).default
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new PlatformError('hook_invalid', `The hook ${name} cannot be loaded: ${why}`, {}, { cause })
  }
}
