import { extname, join } from 'node:path'

/** What the scoring process runs: beside this file, in the sources as in a bundle. */
export const ownProgram = join(import.meta.dirname, `scorer.child${extname(import.meta.filename)}`)
