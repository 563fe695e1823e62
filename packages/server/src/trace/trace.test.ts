import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ArtifactVersion, Promotion, Trace } from '@airlock-ml/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Call } from '../../test/call.ts'
import { approvePromotion } from '../../test/decision-signing.ts'
import { type TrainedModel, trainModel } from '../../test/trained-model.ts'
import { model, project, stageAndExport, type TwoWorkspaces, twoWorkspaces } from '../../test/two-workspaces.ts'

let both: TwoWorkspaces
let there: Call
let here: Call
let trained: TrainedModel
let promotion: Promotion
let bundleDigest: string
let trainingRun: string
let made: ArtifactVersion[]
let atSource: Trace
beforeAll(async () => {
  both = await twoWorkspaces()
  there = both.dev.root
  here = both.production.root
  trained = await trainModel({ seed: 1 })
  const exported = await stageAndExport(there, trained, { trees: 20 })
  bundleDigest = exported.bundle.digest
  made = (await there('listArtifacts', { project })).items
  trainingRun = made[0]!.producedBy!.runId
  const requested = await here('requestPromotion', { project, body: { model, bundle: { uri: exported.bundle.uri } } })
  await both.production.workspace.advance()
  const { planDigest } = await here('showPromotion', { project, promotionId: requested.id })
  const ada = await both.production.as('ada', 'approver')
  await approvePromotion(ada, { id: requested.id, planDigest })
  await both.production.workspace.advance()
  promotion = await here('showPromotion', { project, promotionId: requested.id })
  atSource = await there('trace', { project, ref: digestOf('model') })
  // The other workspace is gone, and the exchange with it.
  await both.dev.workspace.close()
  await rename(both.dev.dir, join(both.dir, 'gone'))
  await rm(both.exchange, { recursive: true })
})
afterAll(() => both.production.workspace.close().finally(() => rm(both.dir, { recursive: true })))

const trace = (ref: string): Promise<Trace> => here('trace', { project, ref })
const digestOf = (output: string) => made.find(({ producedBy }) => producedBy?.output === output)!.digest

test('a production version leads to policy, approval, bundle, training, data and commit, with the source gone', async () => {
  const traced = await trace(`${model}/1`)
  expect(traced).toMatchObject({
    ref: { kind: 'version' },
    workspace: 'enterprise-production',
    version: { model, number: 1, stage: 'production', source: { workspace: 'enterprise-dev-staging', number: 1 } },
    stages: [{ act: 'import', stage: 'production', policyVersion: 1 }],
    policy: { name: 'production', stage: 'production', version: 1 },
    promotion: { id: promotion.id, approvals: [{ by: 'ada', decision: 'approved' }] },
    bundle: { digest: bundleDigest, keyHint: expect.stringMatching(/^[0-9a-f]{64}$/) },
    training: {
      id: trainingRun,
      workspace: 'enterprise-dev-staging',
      pipeline: 'training',
      commit: 'a'.repeat(40),
      dirty: false,
      codeDigest: 'c'.repeat(64),
      parameters: { trees: 20 },
      steps: [{ name: 'train', parameters: { trees: 20 } }],
    },
    run: null,
    artifact: null,
  })
  expect(traced.data.map(({ digest }) => digest)).toContain(digestOf('evaluation'))
  expect(traced.bundle?.files.map(({ path }) => path)).toContain('lineage.json')
})

test('where it was trained it is traced from the tables there, to the same data and commit', async () => {
  const { training, data } = await trace(`${model}/1`)
  expect(atSource).toMatchObject({
    ref: { kind: 'artifact' },
    version: { model, number: 1, stage: 'staging' },
    stages: [{ act: 'promote', stage: 'staging' }],
    policy: { name: 'staging' },
    promotion: null,
    bundle: null,
    artifact: { digest: digestOf('model'), from: { step: 'train', output: 'model' } },
  })
  expect(atSource.training).toEqual(training)
  expect(atSource.data).toEqual(data)
})

test('every kind of reference leads to the same version', async () => {
  const imported = (await here('listArtifacts', { project })).items
  const snapshotDigest = (await trace(model)).training!.snapshotDigest!
  for (const [ref, kind] of [
    [model, 'version'],
    [`${model}/production`, 'version'],
    [promotion.version!.id, 'version'],
    [promotion.id, 'promotion'],
    [promotion.runId!, 'run'],
    [bundleDigest, 'bundle'],
    [trainingRun, 'run'],
    [imported[0]!.id, 'artifact'],
    [imported[0]!.digest, 'artifact'],
    [made.find(({ producedBy }) => producedBy?.output === 'metrics')!.id, 'artifact'],
    [digestOf('metrics'), 'artifact'],
    [snapshotDigest, 'snapshot'],
    ['a'.repeat(40), 'commit'],
  ] as const) {
    const traced = await trace(ref)
    expect(traced.ref, ref).toMatchObject({ text: ref, kind })
    expect(traced.versions, ref).toEqual([{ model, number: 1, stage: 'production' }])
    expect(traced.training?.id, ref).toBe(trainingRun)
  }
})

test('an artifact is shown with the step that made it, also one known by the id of the other workspace', async () => {
  const evaluation = made.find(({ producedBy }) => producedBy?.output === 'evaluation')!
  expect((await trace(evaluation.id)).artifact).toMatchObject({
    id: evaluation.id,
    digest: evaluation.digest,
    runId: trainingRun,
    from: { step: 'train', output: 'evaluation' },
  })
})

test.each([
  ['a path', '../../../../etc/passwd'],
  ['SQL', "x' or 1=1; drop table promotions; --"],
  ['Unicode and terminal commands', 'модель/1\u001b[2J\u202e'],
  ['a name with a foreign stage', `${model}/archived`],
  ['a number that is too large', `${model}/99999999999999999999`],
  ['an unknown id', '01990000-0000-7000-8000-000000000000'],
  ['an unknown digest', 'f'.repeat(64)],
  ['an unknown commit', 'f'.repeat(40)],
  ['an unknown model', 'nothing/1'],
])('%s is nothing that is known, and says what can be given', async (_, ref) => {
  const error = await trace(ref).then(
    () => null,
    (thrown: Error & { code: string; remedy: string }) => thrown,
  )
  expect(error).toMatchObject({ code: 'trace_ref_not_found', remedy: expect.stringContaining('MODEL/NUMBER') })
  expect(error?.message).toMatch(/^[ -~]*$/)
})

test('a reference of 10 MB, and none, are refused before they are looked up', async () => {
  for (const ref of ['x'.repeat(10 * 1024 * 1024), ''])
    await expect(trace(ref)).rejects.toMatchObject({ code: 'request_invalid' })
})

test('a stage that nobody holds says so', async () => {
  await expect(trace(`${model}/staging`)).rejects.toMatchObject({ code: 'stage_empty' })
})

test('a bundle file that was changed in the artifact store is not believed', async () => {
  const { files } = (await here('showRun', { project, runId: promotion.runId! })).metadata as {
    files: Record<string, string>
  }
  const digest = files['lineage.json']!
  const blob = join(both.production.dir, 'artifacts', 'blobs', digest.slice(0, 2), digest)
  await rename(blob, `${blob}.kept`)
  await writeFile(blob, '{"steps":[]}')
  await expect(trace(`${model}/1`)).rejects.toMatchObject({ code: 'blob_damaged' })
  await rename(`${blob}.kept`, blob)
  expect((await trace(`${model}/1`)).version?.number).toBe(1)
})
