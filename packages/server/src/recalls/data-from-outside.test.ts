import type { SnapshotSpec } from '@airlock-ml/contract'
import { beforeEach, expect, test } from 'vitest'
import type { Call } from '../../test/call.ts'
import { promotionDesk } from '../../test/promotion-desk.ts'
import { freshWorkspaces } from '../../test/shared-workspaces.ts'
import { trainModel } from '../../test/trained-model.ts'
import { model, project, sha256, trainingSpec, upload } from '../../test/two-workspaces.ts'

const both = freshWorkspaces({ approvals: 0 })
let there: Call
let here: Call
const trained = trainModel({ seed: 1, trees: 3 })
beforeEach(async () => {
  there = both.dev.root
  here = both.production.root
})

const raw = sha256(Buffer.from('raw'))
const cleanCommit = 'd'.repeat(40)

async function begin(body: SnapshotSpec, step: string) {
  const snapshot = await there('createSnapshot', { project, body })
  const { run, lease } = await there('startRun', { project, body: { snapshotId: snapshot.id } })
  const held = { project, runId: run.id, step }
  const leaseToken = lease.token
  await there('startStep', { ...held, body: { leaseToken } })
  return { ...held, leaseToken }
}
type Begun = Awaited<ReturnType<typeof begin>>
type Outputs = Record<string, { type: 'model' | 'table' | 'json' | 'text'; digest: string }>

async function end({ leaseToken, ...held }: Begun, outputs: Outputs) {
  await there('completeStep', { ...held, body: { leaseToken, outputs } })
  const { project, runId } = held
  return await there('completeRun', { project, runId, body: { leaseToken } })
}

/** Data from outside, cleaned under a name by another pipeline of another commit. */
async function clean(): Promise<void> {
  await upload(there, Buffer.from('raw'))
  await there('registerArtifact', { project, body: { name: 'raw', type: 'text', digest: raw } })
  const spec = trainingSpec()
  const cleaning = await begin(
    {
      ...spec,
      pipeline: 'cleaning',
      model: null,
      code: { ...spec.code, commit: cleanCommit },
      steps: [
        {
          name: 'clean',
          inputs: { raw: { from: 'artifact', name: 'raw', digest: raw } },
          outputs: { text: { type: 'text', name: 'clean' } },
          parameters: {},
        },
      ],
    },
    'clean',
  )
  await end(cleaning, { text: { type: 'text', digest: await upload(there, Buffer.from('clean')) } })
}

/** A training that loads what was cleaned. */
async function train(): Promise<number> {
  const { onnx, evaluation, metrics } = await trained
  const run = await begin(trainingSpec(), 'train')
  const { leaseToken, ...held } = run
  await there('loadArtifact', { ...held, body: { leaseToken, name: 'clean' } })
  const ended = await end(run, {
    model: { type: 'model', digest: await upload(there, onnx) },
    evaluation: { type: 'table', digest: await upload(there, evaluation) },
    metrics: { type: 'json', digest: await upload(there, Buffer.from(JSON.stringify(metrics))) },
  })
  return ended.model!.number!
}

const recall = (by: Call, target: { artifact: string } | { commit: string }) =>
  by('recall', { project, body: { target, reason: 'Labels were swapped.' } })
const marks = async (by: Call, number: number) =>
  (await by('showModelVersion', { project, model, number })).marks.map(({ mark }) => mark)
const sources = [
  { name: 'raw', version: 1, digest: raw, runId: null, commit: null },
  { name: 'clean', version: 1, commit: cleanCommit },
]

test('a trace names the data from outside behind what a training loaded, and so does one of the import', async () => {
  await clean()
  const number = await train()
  expect((await there('trace', { project, ref: `${model}/${number}` })).training?.sources).toMatchObject(sources)
  await there('promoteModelVersion', { project, model, body: { stage: 'staging', number } })
  const { bundle } = await there('exportModelVersion', { project, model, body: { number } })
  await (await promotionDesk(both)).importBundle(bundle.uri)
  expect((await here('trace', { project, ref: `${model}/1` })).training?.sources).toMatchObject(sources)
  const { reach } = await recall(here, { artifact: raw })
  expect(reach.counts.versions).toBe(1)
  expect(await marks(here, 1)).toEqual(['recalled'])
})

test('recalled data from outside, and a recalled commit, reach versions of other pipelines, made before and after', async () => {
  await clean()
  const before = await train()
  await recall(there, { artifact: raw })
  expect([await marks(there, before), await marks(there, await train())]).toEqual([['recalled'], ['recalled']])
})

test('the commit of another pipeline reaches what was trained on what it made', async () => {
  await clean()
  const before = await train()
  await recall(there, { commit: cleanCommit })
  expect([await marks(there, before), await marks(there, await train())]).toEqual([['recalled'], ['recalled']])
})
