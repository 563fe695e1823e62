import type { Policy, PolicySpec } from '@airlock-ml/contract'
import { expect, test } from 'vitest'
import { sharedWorkspaces } from '../../test/shared-workspaces.ts'
import { passing, project } from '../../test/two-workspaces.ts'

const both = sharedWorkspaces()

const apply = (gates: PolicySpec['gates']) =>
  both.dev.root('applyPolicy', { project, body: { name: 'staging', stage: 'staging', gates } }) as Promise<Policy>

test('the same policy again is the same version; another one is the next, and both are kept', async () => {
  expect((await apply(passing)).version).toBe(1)
  expect((await apply([{ ...passing[0]!, message: 'Other words.' }])).version).toBe(2)
  const { items } = await both.dev.root('listPolicies', { project })
  expect(items.map(({ version }) => version)).toEqual([2, 1])
  expect((await both.dev.root('showPolicy', { project, stage: 'staging', version: 1 })).spec.gates).toEqual(passing)
})

test('a policy without gates is refused: it would let everything in', async () => {
  await expect(apply([])).rejects.toMatchObject({ code: 'request_invalid' })
})

test('a policy with a flawed gate is refused with every flaw named', async () => {
  await expect(apply([{ ...passing[0]!, expression: 'metric.accuracy > 1' }, passing[0]!])).rejects.toMatchObject({
    code: 'policy_invalid',
    details: { flaws: ['accuracy: Unknown variable: metric', 'accuracy: two gates have this name'] },
  })
  expect((await both.dev.root('showPolicy', { project, stage: 'staging' })).version).toBe(2)
})
