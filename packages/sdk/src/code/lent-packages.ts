import { registerHooks } from 'node:module'

/** What the platform lends to a project that has not installed it. */
export const lent = /^(@airlock-ml\/|zod$|zod\/)/

const lenders = new Set<string>()

/**
 * Lets the modules of a project import the platform from where it is installed for `lender`, the URL of a module, when
 * they have none of their own: a folder that `airlock init` has just made, before `npm install`. What the project has
 * wins, and nothing but the platform is found this way.
 */
export function lendPackages(lender: string = import.meta.url): void {
  if (lenders.has(lender)) return
  lenders.add(lender)
  registerHooks({
    resolve(specifier, context, nextResolve) {
      try {
        return nextResolve(specifier, context)
      } catch (error) {
        if (!lent.test(specifier)) throw error
        return nextResolve(specifier, { ...context, parentURL: lender })
      }
    },
  })
}
