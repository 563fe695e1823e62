import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Dependencies } from '@airlock-ml/contract'

/** The names of lock files. */
export const lockFiles = ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock']

/**
 * What a project depends on: the digest of its lock file, and each direct dependency with the version that is installed,
 * else the range its package.json asks for. Both are empty for a folder without a package.json. Never throws: what
 * cannot be read is left out.
 */
export async function dependenciesOf(projectDir: string): Promise<Dependencies> {
  const { dependencies = {}, devDependencies = {} } = await readJson(join(projectDir, 'package.json'))
  const asked = Object.entries({ ...record(devDependencies), ...record(dependencies) }).sort(byName)
  const found = asked.map(async ([name, range]) => [
    name,
    ((await installedVersion(projectDir, name)) ?? rangeText(range)).slice(0, 256),
  ])
  return { lockFile: await lockFileDigest(projectDir), packages: Object.fromEntries(await Promise.all(found)) }
}

/** Of an address only its kind, as `git+https:`: it may hold a password or a path of this machine. */
const rangeText = (range: unknown) => /^[a-z+]+:/i.exec(String(range))?.[0] ?? String(range)

const byName = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : 1)

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? { ...value } : {}

async function lockFileDigest(projectDir: string): Promise<string | null> {
  for (const name of lockFiles) {
    const bytes = await readFile(join(projectDir, name)).catch(() => null)
    if (bytes) return hash('sha256', bytes)
  }
  return null
}

/** From the nearest `node_modules` that has the package, as Node looks it up. */
async function installedVersion(folder: string, name: string): Promise<string | null> {
  const { version } = await readJson(join(folder, 'node_modules', name, 'package.json'))
  if (typeof version === 'string') return version
  const above = dirname(folder)
  return above === folder ? null : installedVersion(above, name)
}

const readJson = async (file: string): Promise<Record<string, unknown>> => {
  try {
    return record(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return {}
  }
}
