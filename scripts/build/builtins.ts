import { isBuiltin } from 'node:module'
import type { Plugin } from 'rolldown'

const PREFIX = '\0builtin:'

/**
 * Takes Node's own modules as they are instead of importing them. An import makes a copy of each that has every export,
 * and for that calls every getter; those of `node:fs` alone load its streams, a tenth of the start of a Node.
 */
export const builtinsUnwrapped: Plugin = {
  name: 'builtins-unwrapped',
  resolveId: {
    order: 'pre',
    // The bundler's own runtime needs `node:module` before it can take in anything.
    handler: (id, importer) => (isBuiltin(id) && !importer?.startsWith('\0') ? PREFIX + id : null),
  },
  load: (id) => {
    if (!id.startsWith(PREFIX)) return null
    return { code: `module.exports = process.getBuiltinModule('${id.slice(PREFIX.length)}')`, moduleType: 'js' }
  },
}
