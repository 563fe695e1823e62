import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

const ID = '\0packed-scorer'

/**
 * Lets tests of the server start the scoring process as it is packed, where `scripts/build-for-tests.ts` has built it
 * beside the command: from source each start takes three times as long, and the tests need two hundred.
 */
export function packedScorer(command: string | undefined) {
  const program = resolve(command ?? '', '../../../server/dist/scorer.child.js')
  if (command === undefined || !existsSync(program)) return []
  return [
    {
      name: 'packed-scorer',
      enforce: 'pre' as const,
      resolveId: (source: string, importer?: string) =>
        source === './own-program.ts' && importer?.endsWith('/scoring/scorer.ts') ? ID : undefined,
      load: (id: string) => (id === ID ? `export const ownProgram = ${JSON.stringify(program)}` : undefined),
    },
  ]
}
