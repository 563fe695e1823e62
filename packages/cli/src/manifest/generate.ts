import { readFile } from 'node:fs/promises'
import { dumpSchema, openapi } from '@airlock-ml/server'
import { errorsPage, rightsPage } from './catalogue-pages.ts'
import { cliPage } from './cli-page.ts'
import { findCommands } from './find-commands.ts'
import { manifestSource } from './manifest-source.ts'

/** Everything that is made from the command records and the contract: path from the repository's root → content. */
export async function generatedFiles(): Promise<Record<string, string>> {
  const commands = await findCommands()
  const packageJson = await readFile(new URL('../../package.json', import.meta.url), 'utf8')
  const { version } = JSON.parse(packageJson) as { version: string }
  return {
    'packages/cli/src/generated/commands.ts': manifestSource(commands, version),
    'docs/generated/cli.md': cliPage(commands.map(({ record }) => record)),
    'docs/generated/errors.md': errorsPage(),
    'docs/generated/rights.md': rightsPage(),
    'docs/generated/openapi.json': `${JSON.stringify(openapi(), null, 2)}\n`,
    'docs/generated/schema.sql': await dumpSchema(),
  }
}
