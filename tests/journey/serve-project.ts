import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { commandEnv } from '../../scripts/demo/child-env.ts'

/** A project that `airlock up` serves, until it is disposed of. */
export interface ServedProject extends AsyncDisposable {
  /** Address of each workspace. */
  readonly urls: Readonly<Record<string, string>>
  readonly get: <T>(workspace: string, as: string, path: string) => Promise<T>
  readonly post: <T>(workspace: string, as: string, path: string, body: unknown) => Promise<T>
}

/** Starts `airlock up` and waits until it says where it listens. */
export async function serveProject(dir: string): Promise<ServedProject> {
  const command = [join(dir, 'node_modules', '.bin', 'airlock'), 'up', '--port', '0', '--json']
  const env = commandEnv(process.env, { isColoured: false })
  const child = spawn(process.execPath, command, { cwd: dir, env, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const urls = await Promise.race([
    addresses(child.stdout),
    ended.then(([code]) => Promise.reject(new Error(`airlock up ended with ${code}`))),
  ])
  const credentials = JSON.parse(readFileSync(join(dir, '.airlock', 'credentials.json'), 'utf8'))
  const call = async <T>(workspace: string, as: string, { path, ...init }: RequestInit & { path: string }) => {
    const headers = { authorization: `Bearer ${credentials[workspace].keys[as]}`, 'content-type': 'application/json' }
    const response = await fetch(`${urls[workspace]}/api/v1${path}`, { ...init, headers })
    if (!response.ok) throw new Error(`${path} answers ${response.status}: ${await response.text()}`)
    return (await response.json()) as T
  }
  return {
    urls,
    get: (workspace, as, path) => call(workspace, as, { path }),
    post: (workspace, as, path, body) => call(workspace, as, { path, method: 'POST', body: JSON.stringify(body) }),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** What it prints when all workspaces listen: one JSON document. */
async function addresses(stdout: AsyncIterable<Buffer>): Promise<Record<string, string>> {
  let printed = ''
  for await (const chunk of stdout) {
    printed += chunk
    const document = parsed(printed)
    if (document) return Object.fromEntries(document.workspaces.map(({ name, url }) => [name, url]))
  }
  throw new Error(`airlock up printed no addresses: ${printed}`)
}

function parsed(text: string): { workspaces: { name: string; url: string }[] } | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
