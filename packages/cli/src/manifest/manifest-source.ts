import type { FoundCommand } from './find-commands.ts'

/** Source of `generated/commands.ts`: all that parsing and help need, and how to load the rest. */
export function manifestSource(commands: readonly FoundCommand[], version: string): string {
  const entries = commands.map(({ record: { run: _, ...rest }, path }) => {
    const data = JSON.stringify(rest)
    return `  { ...${data}, load: () => import('../commands/${path}') },`
  })
  return `// Made by \`npm run generate\` from the records in commands/.
import type { Entry } from '../manifest/entry.ts'

export const version = '${version}'

export const commands: readonly Entry[] = [
${entries.join('\n')}
]
`
}
