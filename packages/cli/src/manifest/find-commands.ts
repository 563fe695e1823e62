import { glob } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { CommandRecord } from './command.ts'

export type FoundCommand = { record: CommandRecord; path: string }

/** Every command record of this package with its path below `src/commands/`, by name. Throws when one is misplaced. */
export async function findCommands(): Promise<FoundCommand[]> {
  const dir = new URL('../commands/', import.meta.url)
  const found: FoundCommand[] = []
  for await (const path of glob('**/*.ts', { cwd: fileURLToPath(dir), exclude: ['**/*.test.ts'] })) {
    const record = ((await import(new URL(path, dir).href)) as { default?: CommandRecord }).default
    if (!record) throw new Error(`commands/${path} exports no command record as its default`)
    const expected = `${record.name.replaceAll(' ', '/')}.ts`
    if (path !== expected) throw new Error(`commands/${path} holds \`${record.name}\`, which belongs into ${expected}`)
    found.push({ record, path })
  }
  return found.sort((a, b) => (a.record.name < b.record.name ? -1 : 1))
}
