import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page, Run as PipelineRun, Stack, StackCheck } from '@airlock-ml/contract'
import { expect, test } from 'vitest'
import { jsonOf } from './airlock.ts'
import { dev, production, sharedProject } from './project.ts'

const project = sharedProject()
const { airlock } = project

const stacksFile = (name: string, text: string) => writeFile(join(project.dir, name), text)
const components = '{ orchestrator: { flavor: local, config: { concurrency: 2 } }, artifact_store: { flavor: local } }'

test('the stacks of the plan are there by name, and each is found sound', async () => {
  for (const [workspace, stack] of [
    [dev, 'dev-stack'],
    [dev, 'staging-stack'],
    [production, 'gcp-stack'],
  ] as const) {
    const check = await jsonOf<StackCheck>(airlock, 'stack', 'check', stack, '--workspace', workspace)
    expect(check).toMatchObject({
      stack,
      sound: true,
      components: [{ type: 'orchestrator' }, { type: 'artifact_store' }],
    })
  }
})

test('a dry run shows the difference and changes nothing; applied twice, the second time nothing changes', async () => {
  await stacksFile(
    'own.yaml',
    `workspaces:\n  ${dev}:\n    dev-stack: { labels: { team: ml }, components: ${components} }\n    gpu-stack: { components: ${components} }\n`,
  )
  const apply = (...more: string[]) =>
    jsonOf<{ stacks: unknown[] }>(airlock, 'stack', 'apply', '-f', 'own.yaml', ...more)
  const difference = ['labels.team: none → ml', 'components.orchestrator.config.concurrency: none → 2']
  const changes = [
    { name: 'dev-stack', change: 'changed', difference },
    { name: 'gpu-stack', change: 'created' },
  ]
  expect(await apply('--dry-run')).toMatchObject({ dryRun: true, stacks: changes, others: ['staging-stack'] })
  expect((await jsonOf<Page<Stack>>(airlock, 'stack', 'list')).items).toHaveLength(2)
  expect(await apply()).toMatchObject({ dryRun: false, stacks: changes })
  const again = await apply()
  expect(again.stacks).toEqual([
    { name: 'dev-stack', change: 'unchanged', difference: [] },
    { name: 'gpu-stack', change: 'unchanged', difference: [] },
  ])
})

test.each([
  ['orchestrator: { flavor: locl }', 'flavor_unknown', 'Did you mean "local"?'],
  ['orchestrator: { flavor: vertex }', 'flavor_not_built', 'planned and not built yet'],
  ['orchestrator: { flavor: local, config: { concurrency: "2" } }', 'stack_invalid', 'config.concurrency'],
])('%s is refused before anything is applied', async (part, code, message) => {
  const fine = `a-stack: { components: ${components} }`
  await stacksFile('bad.yaml', `workspaces: { ${dev}: { ${fine}, b-stack: { components: { ${part} } } } }`)
  const { code: exit, stderr } = await airlock('stack', 'apply', '-f', 'bad.yaml')
  expect(exit).toBe(1)
  expect(stderr).toContain(code)
  expect(stderr).toContain(message)
  expect((await airlock('stack', 'show', 'a-stack')).code).toBe(1)
})

test('a workspace that the project does not have is refused with the nearest name', async () => {
  await stacksFile('far.yaml', 'workspaces: { enterprise-dev-stagin: {} }')
  const { stderr } = await airlock('stack', 'apply', '-f', 'far.yaml')
  expect(stderr).toContain(`Did you mean ${dev}?`)
})

test('labels of the stack reach every run, and an author cannot change them', async () => {
  const run = await jsonOf<PipelineRun>(airlock, 'run', 'training', '--environment', 'local')
  expect(run.labels).toMatchObject({ team: 'ml' })
})
