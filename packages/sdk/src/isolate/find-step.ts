import { pathToFileURL } from 'node:url'
import type { AnyStep } from '../define/any-step.ts'
import { invalid } from '../define/check-names.ts'

/** Imports the module that exports a step, the first of `modules` that does, and answers with it. */
export async function findStep(modules: readonly string[], name: string): Promise<AnyStep> {
  for (const [at, module] of modules.entries()) {
    const exported = await exportsOf(module, { isOwn: at === 0 })
    for (const value of Object.values(exported)) {
      const { definition } = Object(value) as { definition?: AnyStep }
      if (definition?.name === name && typeof definition.run === 'function') return definition
    }
  }
  throw invalid(
    `Step "${name}" cannot run isolated, for it is imported there by its module: ${modules[0] ?? 'its module'} does not export it. Add \`export\` to it.`,
  )
}

/** What a module exports. Further ones only may hold the step, so that one that does not load is passed over. */
async function exportsOf(module: string, { isOwn }: { isOwn: boolean }): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(module).href)) as Record<string, unknown>
  } catch (error) {
    if (isOwn) throw error
    return {}
  }
}
