import { registerHooks } from 'node:module'

const ours = /^(@airlock-ml\/|zod$|zod\/)/
let isRegistered = false

/**
 * Lets a project import the platform from this installation where it has none of its own: a folder that `airlock init`
 * has just made, before `npm install`. Its own packages win. Nothing else is found this way.
 */
export function lendPlatformPackages(): void {
  if (isRegistered) return
  isRegistered = true
  registerHooks({
    resolve(specifier, context, nextResolve) {
      try {
        return nextResolve(specifier, context)
      } catch (error) {
        if (!ours.test(specifier)) throw error
        return nextResolve(specifier, { ...context, parentURL: import.meta.url })
      }
    },
  })
}
