import { digestOf } from '@airlock-ml/bundle'
import {
  type ComparisonDeclaration,
  ComparisonDefinition,
  isHeld,
  type RegisteredComparison,
} from '@airlock-ml/contract'
import { beforeAll, expect, test } from 'vitest'
import { type Call, callAs } from '../../test/call.ts'
import { sign, signerOf } from '../../test/decision-signing.ts'
import { sharedWorkspaces } from '../../test/shared-workspaces.ts'
import { model, project } from '../../test/two-workspaces.ts'

const both = sharedWorkspaces({ fourEyes: true })
let root: Call
beforeAll(async () => {
  root = both.dev.root
})

const declared: ComparisonDeclaration = {
  ...{ name: 'live-quality', model, positive: 'malignant', margins: { accuracy: 0.05 } },
}
const apply = (change: Partial<ComparisonDeclaration> = {}, by = root) =>
  by('applyComparison', { project, body: { ...declared, ...change } })
const applied = async (change: Partial<ComparisonDeclaration> = {}) => (await apply(change)) as RegisteredComparison
const show = (version?: number) => root('showRegisteredComparison', { project, comparison: 'live-quality', version })

test('the same definition again is the same version, another one the next, and each is kept, on record', async () => {
  const first = await applied()
  expect(first).toMatchObject({ name: 'live-quality', version: 1, appliedBy: 'root' })
  expect(first.digest).toBe(digestOf(ComparisonDefinition.parse(declared)))
  // Defaults that are written out say nothing else.
  expect(await applied({ confidence: 0.95, minimumSample: { rows: 100, ofEachClass: 20 } })).toEqual(first)
  const second = await applied({ margins: { accuracy: 0.1 } })
  expect([second.version, (await applied()).version]).toEqual([2, 3])
  expect(await show(1)).toEqual(first)
  expect(await show()).toMatchObject({ version: 3, digest: first.digest })
  await apply({ name: 'strict' })
  const { items } = await root('listRegisteredComparisons', { project })
  expect(items.map(({ name, version }) => [name, version])).toEqual([
    ['strict', 1],
    ['live-quality', 3],
    ['live-quality', 2],
    ['live-quality', 1],
  ])
  const ofOne = await root('listRegisteredComparisons', { project, name: 'strict' })
  expect(ofOne.items).toHaveLength(1)
  const events = await root('listAuditEvents', { type: 'comparison.applied' })
  expect(events.items).toHaveLength(4)
  expect(events.items[1]).toMatchObject({
    subject: { kind: 'comparison', id: 'live-quality/3', digest: first.digest },
    before: { version: 2, digest: second.digest },
    after: { version: 3, margins: { accuracy: 0.05 }, minimumSample: { rows: 100 } },
  })
})

test('what nobody registered is not there, and what contradicts itself is not registered', async () => {
  await expect(root('showRegisteredComparison', { project, comparison: 'lax' })).rejects.toMatchObject({
    code: 'comparison_not_registered',
  })
  await expect(show(9)).rejects.toThrow('has no comparison live-quality in version 9')
  await expect(apply({ judgedBy: 'recall' })).rejects.toMatchObject({ code: 'request_invalid' })
})

test('only a platform-admin may; everyone may look', async () => {
  const meg = await both.dev.as('meg', 'ml-engineer')
  await expect(apply({ margins: { accuracy: 0.01 } }, meg)).rejects.toMatchObject({ code: 'forbidden' })
  expect((await meg('listRegisteredComparisons', { project })).items).not.toEqual([])
})

test('under four eyes a looser one, and the first of a name, wait for a second person; a stricter one does not', async () => {
  const { root: ada, workspace, keyOf } = both.production
  const held = async (change: Partial<ComparisonDeclaration>) => {
    const answer = await apply(change, ada)
    return isHeld(answer) ? answer.change : null
  }
  expect(await held({})).toBeNull()
  await ada('createUser', { body: { name: 'eve', roles: [{ project: '*', role: 'platform-admin' }] } })
  const eve = callAs(workspace.fetch, await keyOf('eve'))
  await signerOf(ada)
  await signerOf(eve)
  expect(await held({ margins: { accuracy: 0.04 } })).toBeNull()
  expect(await held({ name: 'lax' })).toMatchObject({ subject: 'comparison lax', before: null })
  const change = await held({ margins: { accuracy: 0.2 } })
  expect(change).toMatchObject({ operation: 'applyComparison', before: { margins: { accuracy: 0.04 } } })
  const inForce = () => ada('showRegisteredComparison', { project, comparison: 'live-quality' })
  expect((await inForce()).version).toBe(2)
  const { id, digest } = change!
  const decision = { verdict: 'approved', subject: { kind: 'change', id }, digest, reason: null } as const
  await eve('approveChange', { changeId: id, body: { signature: await sign(eve, decision) } })
  expect(await inForce()).toMatchObject({ version: 3, appliedBy: 'root', spec: { margins: { accuracy: 0.2 } } })
})
