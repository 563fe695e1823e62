import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sharedProject } from './project.ts'

const project = sharedProject()

const pipelineWhoseStep = (does: string) => `import { pipeline, step } from '@airlock-ml/sdk'
const leave = step({ name: 'leave', outputs: {}, run: async () => { ${does}; return {} } })
export default pipeline({ name: 'leaving', build: () => { leave({}); return {} } })
`

// 3 would say that something is pending.
test.each(['process.exit(0)', 'process.exit()', 'process.exit(3)', 'process.exit(1)'])(
  'a step that calls %s does not pass for a run that completed',
  async (does) => {
    await writeFile(join(project.dir, 'src/pipelines/leaving.ts'), pipelineWhoseStep(does))
    await writeFile(join(project.dir, 'configs/local.yaml'), 'pipelines: {}\n')
    const { code, stdout, stderr } = await project.airlock('run', 'leaving', '--json')
    expect([code, stderr]).toEqual([1, expect.stringContaining('cli_ended_early')])
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'cli_ended_early' } })
  },
)

test('what a timer of a step throws fails the run at once, and names the step', async () => {
  const does =
    "setTimeout(() => { throw new Error('too late') }, 50); await new Promise((go) => setTimeout(go, 90_000))"
  await writeFile(join(project.dir, 'src/pipelines/leaving.ts'), pipelineWhoseStep(does))
  await writeFile(join(project.dir, 'configs/local.yaml'), 'pipelines: {}\n')
  const { code, stdout, stderr } = await project.airlock('run', 'leaving', '--json')
  const run = JSON.parse(stdout)
  expect([code, run.status]).toEqual([1, 'failed'])
  expect(run.error.message).toMatch(/^While step leave ran, something threw .*: too late$/)
  expect(stderr).toContain('src/pipelines/leaving.ts:')
  expect(run.steps).toEqual([expect.objectContaining({ name: 'leave', status: 'failed', error: run.error.message })])
}, 60_000)

test('what a step left behind does not hold up the command', async () => {
  const source = pipelineWhoseStep('await new Promise((resolve) => setTimeout(resolve, 90_000))')
  const timed = source.replace('outputs: {}', 'outputs: {}, timeoutMs: 200')
  await writeFile(join(project.dir, 'src/pipelines/leaving.ts'), timed)
  const startedAt = performance.now()
  const { code, stdout } = await project.airlock('run', 'leaving', '--json')
  expect([code, JSON.parse(stdout)]).toEqual([1, expect.objectContaining({ status: 'failed' })])
  expect(performance.now() - startedAt).toBeLessThan(45_000)
}, 120_000)

test('what a step prints stays off the stdout of --json', async () => {
  await writeFile(join(project.dir, 'src/pipelines/leaving.ts'), pipelineWhoseStep("console.log('printed')"))
  const { code, stdout, stderr } = await project.airlock('run', 'leaving', '--json')
  expect([code, stderr]).toEqual([0, expect.stringContaining('printed')])
  expect(JSON.parse(stdout)).toMatchObject({ status: 'completed' })
})

test('with a dependency missing that errors are told with, it says so and ends', async () => {
  const hooks = `import { registerHooks } from 'node:module'
registerHooks({ resolve: (name, context, next) => {
  if (name === 'zod') throw new Error("Cannot find package 'zod'")
  return next(name, context)
} })`
  // Were it to go round in circles, it would soon end for want of memory.
  const args = ['--max-old-space-size=256', `--import=data:text/javascript,${encodeURIComponent(hooks)}`]
  const fromSource = join(import.meta.dirname, '../../packages/cli/bin/airlock.mjs')
  const ended = await new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) =>
    execFile(
      process.execPath,
      [...args, fromSource, 'whoami', '--json'],
      { cwd: project.dir },
      (error, stdout, stderr) => resolve({ code: error?.code, stdout, stderr }),
    ),
  )
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining("Cannot find package 'zod'") })
  expect(JSON.parse(ended.stdout)).toMatchObject({ error: { code: 'cli_failed' } })
})
