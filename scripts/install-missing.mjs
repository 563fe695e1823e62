// Runs `npm install --no-save` when node_modules is missing or older than the lock file.
// Not `npm ci`: it refuses a lock file without the native packages of other platforms, which not every registry mirror holds. Plain JavaScript: it runs on the machine's own Node.
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const installed = join(root, 'node_modules', '.package-lock.json')
const lock = join(root, 'package-lock.json')

const isFresh = existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs
if (!isFresh) {
  console.error('Installing dependencies once. On a fresh machine this takes about a minute.')
  const npm = process.env.npm_execpath
  const [command, args] = npm ? [process.execPath, [npm, 'install', '--no-save']] : ['npm', ['install', '--no-save']]
  const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] })
  if (status !== 0) {
    console.error('npm install failed. Check that the npm registry can be reached, then run the same command again.')
    process.exit(status ?? 1)
  }
}
