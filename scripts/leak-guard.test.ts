import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, test } from 'vitest'

const ROOT = dirname(import.meta.dirname)

/** Runs `body` as a test file of its own, under the guard. */
async function runGuarded(body: string): Promise<{ passed: boolean; output: string }> {
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
    return await new Promise((resolve) => {
      execFile(process.execPath, [vitest, 'run'], { cwd: folder }, (error, stdout, stderr) => {
        resolve({ passed: error === null, output: stdout + stderr })
      })
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

// Each waits for a vitest of its own, and one of them for the guard's patience.
describe.concurrent('the leak guard', () => {
  test('a test file that removes what it made passes', async ({ expect }) => {
    const guarded = await runGuarded(`rmSync(mkdtempSync(join(tmpdir(), 'airlock-a-')), { recursive: true })`)
    expect(guarded).toMatchObject({ passed: true })
  })

  test('a test file that leaves a folder fails and is told which', async ({ expect }) => {
    const { passed, output } = await runGuarded(`mkdtempSync(join(tmpdir(), 'airlock-left-'))`)
    expect(passed).toBe(false)
    expect(output).toMatch(/leaves behind: airlock-left-/)
  })

  test('a test file that leaves a variable or another working directory fails, as other files run there, too', async ({
    expect,
  }) => {
    const { passed, output } = await runGuarded(`process.env.LEFT = '1'; process.chdir('node_modules')`)
    expect(passed).toBe(false)
    expect(output).toMatch(/leaves behind: variable LEFT, another working directory/)
  })

  const onLinux = test.runIf(process.platform === 'linux')
  onLinux('a test file that leaves a process fails, also for a detached one', async ({ expect }) => {
    const { passed, output } = await runGuarded(`spawn('sleep', ['77'], { detached: true, stdio: 'ignore' }).unref()`)
    expect(passed).toBe(false)
    expect(output).toMatch(/leaves behind: process \d+ \(sleep 77\)/)
  })
})
