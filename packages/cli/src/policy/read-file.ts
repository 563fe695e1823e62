import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { PlatformError, PolicySpec } from '@airlock-ml/contract'
import { type Document, parseDocument } from 'yaml'

/** Reads a policy, strictly: unknown and doubled keys are refused. Throws `cli_file_invalid` or `policy_invalid`. */
export async function readPolicyFile(cwd: string, file: string): Promise<PolicySpec> {
  const path = resolve(cwd, file)
  const text = await readFile(path, 'utf8').catch((cause: Error) => {
    throw new PlatformError('cli_file_invalid', `${path} cannot be read: ${cause.message}.`, {}, { cause })
  })
  const document = parseDocument(text, { uniqueKeys: true, strict: true })
  const [fault] = [...document.errors, ...document.warnings]
  if (fault) throw new PlatformError('cli_file_invalid', `${path} is not sound YAML: ${fault.message}`)
  const parsed = PolicySpec.safeParse(withoutAliases(document, path))
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'the policy'}: ${issue.message}`)
  throw new PlatformError('policy_invalid', `${path} is not a policy: ${problems.join('; ')}.`, { problems })
}

/** Aliases are refused: a few lines of them can stand for gigabytes. */
function withoutAliases(document: Document.Parsed, path: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 })
  } catch (cause) {
    const message = `${path} uses a YAML alias (\`*name\`), which a policy may not: write the text out where it is meant.`
    throw new PlatformError('cli_file_invalid', message, {}, { cause })
  }
}
