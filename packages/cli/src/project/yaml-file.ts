import { readFile } from 'node:fs/promises'
import { PlatformError } from '@airlock-ml/contract'
import { type Document, parseDocument } from 'yaml'

/**
 * Reads a YAML or JSON file strictly: doubled keys, unknown tags and aliases are refused. `path` is absolute, `what` is
 * how a message calls the thing that is in it. Throws `cli_file_invalid`.
 */
export async function readYamlFile(path: string, what: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((cause: Error) => {
    throw new PlatformError('cli_file_invalid', `${path} cannot be read: ${cause.message}.`, {}, { cause })
  })
  const document = parseDocument(text, { uniqueKeys: true, strict: true })
  const [fault] = [...document.errors, ...document.warnings]
  if (fault) throw new PlatformError('cli_file_invalid', `${path} is not sound YAML: ${fault.message}`)
  return withoutAliases(document, path, what)
}

/** Aliases are refused: a few lines of them can stand for gigabytes. */
function withoutAliases(document: Document.Parsed, path: string, what: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 })
  } catch (cause) {
    const message = `${path} uses a YAML alias (\`*name\`), which ${what} may not: write the text out where it is meant.`
    throw new PlatformError('cli_file_invalid', message, {}, { cause })
  }
}
