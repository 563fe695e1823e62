import { registerHooks } from 'node:module'

/** What the platform lends to a project that has not installed it. */
export const lent = /^(@airlock-ml\/|zod$|zod\/)/

/** Lets modules of a project be found here as in the command that started this process or thread. */
export function lendPackages(): void {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      try {
        return nextResolve(specifier, context)
      } catch (error) {
        if (!lent.test(specifier)) throw error
        return nextResolve(specifier, { ...context, parentURL: import.meta.url })
      }
    },
  })
}
