import { beforeAll, expect, test } from 'vitest'
import { deploy, report } from '../../test/deployments.ts'
import { newId, type PartRow, partRow, registerRows, writePart } from '../../test/prediction-parts.ts'
import { sharedWorkspaces } from '../../test/shared-workspaces.ts'
import { trainModel } from '../../test/trained-model.ts'
import { model, project, runTraining, sha256, upload } from '../../test/two-workspaces.ts'

const both = sharedWorkspaces()
const { dev } = both
let digests: string[]
beforeAll(async () => {
  for (const seed of [1, 2]) await runTraining(dev.root, await trainModel({ seed, trees: 3 }), { seed })
  digests = []
  for (const number of [1, 2]) digests.push((await dev.root('showModelVersion', { project, model, number })).digest)
  await dev.root('promoteModelVersion', { project, model, body: { stage: 'staging', number: 1 } })
})

const reachOf = async (number: number) =>
  (await dev.root('recall', { project, body: { target: { model, number }, reason: 'Swapped labels.', dryRun: true } }))
    .reach
const rowsOf = (number: number, ages: readonly number[], role: PartRow['role'] = 'champion') =>
  ages.map((age) => partRow({ number, digest: digests[number - 1]!, role, at: nowMs - age }))
const nowMs = Date.now()
const agedAt = (age: number) => new Date(nowMs - age).toISOString()

test('a recall names the deployments that answered with what it reaches, how often and since when', async () => {
  const first = await deploy(dev, { name: 'first' })
  const second = await deploy(dev, { name: 'second' })
  await registerRows(first, [...rowsOf(1, [900, 800, 700]), ...rowsOf(2, [650], 'canary')])
  // A part of another process, which comes later and has older answers.
  await registerRows(first, rowsOf(1, [2_000, 100]))
  await registerRows(first, rowsOf(2, [60, 50], 'shadow'))
  await registerRows(second, rowsOf(1, [40]))

  const { deployments, counts } = await reachOf(1)
  expect(deployments).toEqual([
    {
      ...{ id: first.deployment.id, name: 'first', deletedAt: null, model, number: 1, answersNow: false },
      ...{ predictions: 5, unheard: 0, firstAt: agedAt(2_000), lastAt: agedAt(100) },
    },
    expect.objectContaining({ name: 'second', predictions: 1, firstAt: agedAt(40), lastAt: agedAt(40) }),
  ])
  expect(counts).toMatchObject({ deployments: 2, predictions: 6 })
  expect((await reachOf(2)).deployments).toMatchObject([
    { name: 'first', number: 2, predictions: 1, unheard: 2, firstAt: agedAt(650), lastAt: agedAt(50) },
  ])
})

test('what was registered twice counts once, and a deployment that was deleted is still named', async () => {
  const gone = await deploy(dev, { name: 'gone' })
  const id = newId()
  const rows = rowsOf(1, [30, 20])
  await registerRows(gone, rows, { id })
  await registerRows(gone, rows, { id })
  await dev.root('deleteDeployment', gone.path)
  const line = (await reachOf(1)).deployments.find(({ name }) => name === 'gone')
  expect(line).toMatchObject({ predictions: 2, deletedAt: expect.any(String), answersNow: false })
})

test('a deployment that answers now is named before any of its answers has come to the log', async () => {
  const fresh = await deploy(dev, { name: 'fresh' })
  const say = (over: object) => fresh.service('reportService', { ...fresh.path, body: report(over) })
  const line = async () => (await reachOf(1)).deployments.find(({ name }) => name === 'fresh')
  await say({ number: 1, digest: digests[0] })
  expect(await line()).toMatchObject({ answersNow: true, predictions: 0, firstAt: null, lastAt: null })
  await say({ number: 1, digest: digests[0], stopping: true })
  expect(await line()).toBeUndefined()
})

test('a role that there is none of is refused, and counts nothing', async () => {
  const odd = await deploy(dev, { name: 'odd' })
  const { bytes, subjects } = await writePart(rowsOf(1, [10], 'king' as PartRow['role']))
  await upload(odd.service, bytes)
  await expect(
    odd.service('registerPredictionPart', { ...odd.path, body: { id: newId(), digest: sha256(bytes), subjects } }),
  ).rejects.toMatchObject({ code: 'prediction_part_invalid', message: expect.stringContaining('the role king') })
  expect((await reachOf(1)).deployments.some(({ name }) => name === 'odd')).toBe(false)
})
