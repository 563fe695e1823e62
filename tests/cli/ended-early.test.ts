import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { initialisedProject } from './project.ts'

let project: Awaited<ReturnType<typeof initialisedProject>>
beforeAll(async () => {
  project = await initialisedProject()
})
afterAll(() => project.remove())

const pipelineWhoseStep = (does: string) => `import { pipeline, step } from '@airlock-ml/sdk'
const leave = step({ name: 'leave', outputs: {}, run: async () => { ${does}; return {} } })
export default pipeline({ name: 'leaving', build: () => { leave({}); return {} } })
`

test.each(['process.exit(0)', 'process.exit()'])(
  'a step that calls %s does not pass for a run that completed',
  async (does) => {
    await writeFile(join(project.dir, 'src/pipelines/leaving.ts'), pipelineWhoseStep(does))
    await writeFile(join(project.dir, 'configs/local.yaml'), 'pipelines: {}\n')
    const { code, stdout, stderr } = await project.airlock('run', 'leaving', '--json')
    expect([code, stderr]).toEqual([1, expect.stringContaining('cli_ended_early')])
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'cli_ended_early' } })
  },
)

test('what a step prints stays off the stdout of --json', async () => {
  await writeFile(join(project.dir, 'src/pipelines/leaving.ts'), pipelineWhoseStep("console.log('printed')"))
  const { code, stdout, stderr } = await project.airlock('run', 'leaving', '--json')
  expect([code, stderr]).toEqual([0, expect.stringContaining('printed')])
  expect(JSON.parse(stdout)).toMatchObject({ status: 'completed' })
})
