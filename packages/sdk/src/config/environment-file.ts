import { readFile } from 'node:fs/promises'
import { Labels, PlatformError } from '@airlock-ml/contract'
import { type Document, LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { schemaProblems } from '../schema-problems.ts'

const schema = z.strictObject({
  labels: Labels.default({}),
  pipelines: z.record(z.string(), z.record(z.string(), z.json()).nullable()).default({}),
})

/** Labels of every run, and the parameters of each pipeline. */
export type EnvironmentFile = z.output<typeof schema>

/**
 * Reads the YAML file of an environment. `file` is its absolute path, `shown` the one in messages. Throws
 * `environment_invalid` for a missing file, for YAML that is broken or has a key twice, and for unknown keys.
 */
export async function readEnvironmentFile(file: string, shown: string): Promise<EnvironmentFile> {
  const value = parse(await read(file, shown), shown) ?? {}
  const checked = schema.safeParse(value)
  if (checked.success) return checked.data
  const lines = schemaProblems(schema, value, checked.error).map(
    ({ path, message }) => `${shown}: ${path === '' ? 'the whole' : path} ${message}`,
  )
  throw new PlatformError('environment_invalid', lines.join('\n'))
}

async function read(file: string, shown: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new PlatformError(
      'environment_invalid',
      `${shown} cannot be read: ${(cause as Error).message}.`,
      {},
      { cause },
    )
  }
}

function parse(yaml: string, shown: string): unknown {
  const lineCounter = new LineCounter()
  const document = parseDocument(yaml, { lineCounter, uniqueKeys: true, prettyErrors: false })
  // A warning is a tag nobody knows: its value would silently be something else.
  const [problem] = [...document.errors, ...document.warnings]
  if (!problem) return unfolded(document, shown)
  const { line, col } = lineCounter.linePos(problem.pos[0])
  throw new PlatformError('environment_invalid', `${shown}, line ${line}, column ${col}: ${problem.message}.`)
}

/** A few lines of aliases can stand for gigabytes: those are refused before they unfold. */
function unfolded(document: Document.Parsed, shown: string): unknown {
  try {
    return document.toJS()
  } catch (cause) {
    const message = `${shown}: its YAML aliases (\`*name\`) unfold to too much: write the values out where they are meant.`
    throw new PlatformError('environment_invalid', message, {}, { cause })
  }
}
