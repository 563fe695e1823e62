import { registerHooks } from 'node:module'

// In process, because a second process with `--conditions` costs 15 % of the start-up (docs/adr/0001). Only for our own
// packages, because a dependency may have an export condition of the same name.
export function resolvePackagesToSource() {
  const conditions = ['source', ...(process.env.AIRLOCK_CONDITIONS ?? '').split(',').filter(Boolean)]
  registerHooks({
    resolve: (specifier, context, nextResolve) =>
      specifier.startsWith('@airlock-ml/')
        ? nextResolve(specifier, { ...context, conditions: [...context.conditions, ...conditions] })
        : nextResolve(specifier, context),
  })
  // Hooks end with the process; `fork` hands execArgv on to its children.
  process.execArgv.push(...conditions.map((condition) => `--conditions=${condition}`))
}
