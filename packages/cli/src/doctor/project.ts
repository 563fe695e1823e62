import { glob, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { loadConfig, pipelineNames } from '@airlock-ml/sdk'
import { openObjectStore } from '@airlock-ml/stack'
import type { ProjectFolder } from '../project/config.ts'
import { readCredentials } from '../project/credentials.ts'
import { layout } from '../project/layout.ts'
import { fail, type Look, ok, warn } from './look.ts'

/** Configuration, pipelines, exchange and keys of a project. */
export const projectLooks = (folder: ProjectFolder): Look[] => [
  {
    subject: 'airlock.config.ts',
    look: async () => {
      await loadConfig(folder.dir)
      return ok(`project ${folder.config.project} in ${folder.dir}`)
    },
  },
  {
    subject: 'pipelines',
    look: async () => {
      const { projectDir, config } = await loadConfig(folder.dir)
      const names = await pipelineNames(projectDir, config)
      if (names.length > 0) return ok(names.join(', '))
      return warn(`${config.pipelines} holds no pipeline`, `Write ${config.pipelines}/NAME.ts, a file a pipeline.`)
    },
  },
  {
    subject: 'exchange',
    look: async () => {
      await (await openObjectStore(folder.exchange)).stat('doctor')
      return ok(folder.exchange)
    },
  },
  { subject: 'keys', look: () => lookAtKeys(folder.dir) },
]

/** Keys must be there, and nobody else's to read. */
async function lookAtKeys(dir: string) {
  const { home, credentials } = layout(dir)
  const secrets = [credentials]
  for await (const path of glob('**/*.pem', { cwd: home })) secrets.push(join(home, path))
  for (const file of secrets) {
    const mode = await stat(file).then(
      (found) => found.mode,
      () => 0,
    )
    if (process.platform !== 'win32' && (mode & 0o077) !== 0)
      return fail(`${file} can be read by others of this machine`, `chmod 600 '${file}'`)
  }
  const stored = Object.entries(await readCredentials(dir)).flatMap(([workspace, { keys }]) =>
    Object.keys(keys).map((name) => `${name} in ${workspace}`),
  )
  if (stored.length === 0)
    return warn('no key is stored', 'Sign in with `airlock login WORKSPACE`, or run `airlock init`.')
  return ok(`${stored.join(', ')}; for their owner alone`)
}
