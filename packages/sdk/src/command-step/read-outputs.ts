import { lstat, readFile } from 'node:fs/promises'
import type { Artifacts } from '../define/artifact.ts'
import { materializers } from '../materializers/materializers.ts'

/** The values of the files that a program wrote. Rejects, by name, for one that is missing or not what it should be. */
export async function readOutputs(
  step: string,
  outputs: Artifacts,
  files: Readonly<Record<string, string>>,
): Promise<Record<string, unknown>> {
  const values: Record<string, unknown> = {}
  for (const [name, artifact] of Object.entries(outputs)) {
    const variable = `AIRLOCK_OUTPUT_${name.toUpperCase()}`
    const what = `Output "${name}" of ${step.replace(/^S/, 's')}`
    const found = await lstat(files[name]!).catch(() => null)
    if (!found) throw new Error(`${what} is missing: the command did not write the file that ${variable} names.`)
    if (!found.isFile()) throw new Error(`${what} must be a file, but the command left something else at ${variable}.`)
    try {
      const bytes = new Uint8Array(await readFile(files[name]!))
      values[name] = await materializers[artifact.type].read(bytes, { artifact, what })
    } catch (cause) {
      const { message } = cause as Error
      if (message.startsWith(what)) throw cause
      throw new Error(`${what} is not a ${artifact.type}, as the command wrote it: ${message}`, { cause })
    }
  }
  return values
}
