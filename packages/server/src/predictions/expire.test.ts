import { expect, test } from 'vitest'
import { done } from '../../test/call.ts'
import { deploy } from '../../test/deployments.ts'
import { partRow, registerRows } from '../../test/prediction-parts.ts'
import { freshWorkspaces } from '../../test/shared-workspaces.ts'
import { stoppedClock } from '../../test/stopped-clock.ts'
import { trainModel } from '../../test/trained-model.ts'
import { model, project, runTraining } from '../../test/two-workspaces.ts'

const DAY_MS = 86_400_000
const clock = stoppedClock()
const both = freshWorkspaces({ now: clock.now })

test('parts stay as long as their deployment says, garbage collection or not, and are then removed on record', async () => {
  const { root, workspace } = both.dev
  await runTraining(root, await trainModel({ seed: 1, trees: 3 }))
  await root('promoteModelVersion', { project, model, body: { stage: 'staging', number: 1 } })
  const { digest } = await root('showModelVersion', { project, model, number: 1 })
  const deployed = await deploy(both.dev)
  const rows = [null, 'ann'].map((subject) => partRow({ digest, subject }))
  const part = await registerRows(deployed, rows)
  const labels = rows.map(({ id }) => ({ predictionId: id, label: 'benign' }))
  await root('importLabels', { ...deployed.path, body: { labels } })
  const show = () => root('showPrediction', { project, predictionId: rows[0]!.id })

  clock.ms += 31 * DAY_MS
  await workspace.advance()
  const collected = await root('collectArtifacts', { project, body: { olderThanSeconds: 3_600, dryRun: true } })
  expect(collected.kept['prediction-log']?.count).toBe(1)
  expect((await show()).state).toBe('recorded')

  const age = (retentionDays: number) =>
    root('updateDeployment', { ...deployed.path, body: { settings: { log: { retentionDays } } } })
  await expect(age(1e12)).rejects.toMatchObject({ code: 'request_invalid' })
  done(await age(36_500))
  await workspace.advance()
  expect((await show()).state).toBe('recorded')
  done(await age(30))
  await workspace.advance()
  await expect(show()).rejects.toMatchObject({
    code: 'prediction_not_found',
    message: expect.stringContaining('reached its age'),
  })
  const { items } = await root('listPredictionParts', deployed.path)
  expect(items).toEqual([{ ...part, subjects: 0, removedAt: clock.now().toISOString() }])
  await expect(root('showBlob', { project, sha256: part.digest })).rejects.toMatchObject({ code: 'blob_not_found' })
  const { items: events } = await root('listAuditEvents', { type: 'prediction.parts-removed' })
  expect(events).toMatchObject([{ after: { parts: 1, rows: 2, labels: 2, retentionDays: 30 } }])
  expect((await root('checkWorkspace', {})).consistent).toBe(true)
})
