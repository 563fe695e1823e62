import type { SnapshotSpec } from '@airlock-ml/contract'
import { expect, test } from 'vitest'
import { promotionDesk } from '../../test/promotion-desk.ts'
import { sharedWorkspaces } from '../../test/shared-workspaces.ts'
import { trainModel } from '../../test/trained-model.ts'
import { model, project, sha256, trainingSpec, upload } from '../../test/two-workspaces.ts'

const both = sharedWorkspaces()

const role = 'label_map'
// No JSON, no text, and more than a chunk: what a materializer of a project's own may write.
const bytes = Uint8Array.from({ length: 100_000 }, (_, at) => (at * 31) % 256)
const metadata = { kind: role, mediaType: 'application/x-label-map' }

/** Trains a version with an artifact of the project's own kind, gives it `staging` and exports it. */
async function exportWithBytes() {
  const { root } = both.dev
  const plain = trainingSpec()
  const spec: SnapshotSpec = {
    ...plain,
    steps: [{ ...plain.steps[0]!, outputs: { ...plain.steps[0]!.outputs, [role]: { type: 'bytes' } } }],
    model: {
      ...(plain.model as Extract<SnapshotSpec['model'], { action: 'trains' }>),
      artifacts: {
        ...(plain.model as Extract<SnapshotSpec['model'], { action: 'trains' }>).artifacts,
        [role]: { step: 'train', output: role },
      },
    },
  }
  const trained = await trainModel({ seed: 1, trees: 3 })
  const { id: snapshotId } = await root('createSnapshot', { project, body: spec })
  const { run, lease } = await root('startRun', { project, body: { snapshotId } })
  const held = { project, runId: run.id }
  const leaseToken = lease.token
  await root('startStep', { ...held, step: 'train', body: { leaseToken } })
  const outputs = {
    model: { type: 'model' as const, digest: await upload(root, trained.onnx) },
    evaluation: { type: 'table' as const, digest: await upload(root, trained.evaluation) },
    metrics: { type: 'json' as const, digest: await upload(root, Buffer.from(JSON.stringify(trained.metrics))) },
    [role]: { type: 'bytes' as const, digest: await upload(root, bytes), metadata },
  }
  await root('completeStep', { ...held, step: 'train', body: { leaseToken, outputs } })
  await root('completeRun', { ...held, body: { leaseToken } })
  await root('promoteModelVersion', { project, model, body: { stage: 'staging', number: 1 } })
  return (await root('exportModelVersion', { project, model, body: { number: 1 } })).bundle
}

test('bytes of a kind of their own arrive in production as they were made, and are traced to where that was', async () => {
  const bundle = await exportWithBytes()
  const desk = await promotionDesk(both)
  const { id } = await desk.request(bundle.uri)
  await both.production.workspace.advance()
  await desk.approve(desk.bob, await desk.show(id))
  await both.production.workspace.advance()
  expect(await desk.show(id)).toMatchObject({ state: 'completed' })

  const { root } = both.production
  const { artifacts } = await root('showModelVersion', { project, model, number: 1 })
  expect(artifacts[role]).toMatchObject({ type: 'bytes', digest: sha256(bytes), sizeBytes: bytes.byteLength })
  const body = (await root('getBlob', { project, sha256: sha256(bytes) })) as ReadableStream<Uint8Array>
  expect(sha256(await new Response(body).bytes())).toBe(sha256(bytes))
  expect(await root('showArtifact', { project, artifactId: artifacts[role]!.id })).toMatchObject({ metadata })

  const traced = await root('trace', { project, ref: sha256(bytes) })
  expect(traced).toMatchObject({
    versions: [{ model, number: 1, stage: 'production' }],
    artifact: { digest: sha256(bytes), from: { step: 'train', output: role } },
    training: { pipeline: 'training' },
  })
})
