import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = dirname(import.meta.dirname)

/** Runs `body` as a test file of its own, under the guard. */
function runGuarded(body: string) {
  const folder = mkdtempSync(join(tmpdir(), 'airlock-guard-'))
  try {
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
    writeFileSync(
      join(folder, 'vitest.config.ts'),
      `export default { test: { setupFiles: [${JSON.stringify(join(import.meta.dirname, 'leak-guard.ts'))}], pool: 'forks' } }`,
    )
    const imports = `import { spawn } from 'node:child_process'
      import { mkdtempSync, rmSync } from 'node:fs'
      import { tmpdir } from 'node:os'
      import { join } from 'node:path'
      import { test } from 'vitest'`
    writeFileSync(join(folder, 'guarded.test.ts'), `${imports}\ntest('a', () => { ${body} })`)
    const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
    const { status, stdout, stderr } = spawnSync(process.execPath, [vitest, 'run'], { cwd: folder, encoding: 'utf8' })
    return { status, output: stdout + stderr }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

test('a test file that removes what it made passes', () => {
  const { status } = runGuarded(`rmSync(mkdtempSync(join(tmpdir(), 'airlock-a-')), { recursive: true })`)
  expect(status).toBe(0)
})

test('a test file that leaves a folder fails and is told which', () => {
  const { status, output } = runGuarded(`mkdtempSync(join(tmpdir(), 'airlock-left-'))`)
  expect(status).toBe(1)
  expect(output).toMatch(/leaves behind: airlock-left-/)
})

test.runIf(process.platform === 'linux')('a test file that leaves a process fails, also for a detached one', () => {
  const { status, output } = runGuarded(`spawn('sleep', ['77'], { detached: true, stdio: 'ignore' }).unref()`)
  expect(status).toBe(1)
  expect(output).toMatch(/leaves behind: process \d+ \(sleep 77\)/)
})
