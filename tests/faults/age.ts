import { readdir, utimes } from 'node:fs/promises'
import { join } from 'node:path'

/** Makes everything a workspace keeps two hours old, so that a repair believes nothing to be in flight. */
export async function ageAll(dir: string, workspace: string): Promise<void> {
  const twoHoursAgo = Date.now() / 1_000 - 7_200
  for (const folder of ['artifacts', 'staging']) {
    const parent = join(dir, '.airlock', workspace, folder)
    const names = await readdir(parent, { recursive: true }).catch(() => [])
    for (const name of names) await utimes(join(parent, name), twoHoursAgo, twoHoursAgo)
  }
}
