import { beforeAll, expect, test } from 'vitest'
import { type Deployed, deploy } from '../../test/deployments.ts'
import { idAt, type PartRow, partRow, registerRows } from '../../test/prediction-parts.ts'
import { sharedWorkspaces } from '../../test/shared-workspaces.ts'
import { trainModel } from '../../test/trained-model.ts'
import { model, project, runTraining } from '../../test/two-workspaces.ts'

const DAY_MS = 86_400_000

const both = sharedWorkspaces()
let deployed: Deployed
let digest: string
beforeAll(async () => {
  await runTraining(both.dev.root, await trainModel({ seed: 1, trees: 3 }))
  await both.dev.root('promoteModelVersion', { project, model, body: { stage: 'staging', number: 1 } })
  digest = (await both.dev.root('showModelVersion', { project, model, number: 1 })).digest
  deployed = await deploy(both.dev)
})

const label = (rows: readonly PartRow[], truthOf: (at: number) => string) =>
  both.dev.root('importLabels', {
    ...deployed.path,
    body: { labels: rows.map(({ id }, at) => ({ predictionId: id, label: truthOf(at) })) },
  })
const show = (every: 'hour' | 'day' = 'day') => both.dev.root('showPerformance', { ...deployed.path, every })

test('predictions with labels say how well a version does, with intervals; the others say nothing', async () => {
  expect(await show()).toEqual({ spans: [], unreadable: 0, isCut: false })
  // Of one day, at whatever time of day this runs.
  const noonMs = Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS / 2
  const at = (row: number) => ({ id: idAt(noonMs + row), at: noonMs + row })
  // Said of all: malignant by 0.75; of those about a subject: benign by 1.
  const open = Array.from({ length: 1_200 }, (_, row) => partRow({ digest, ...at(row) }))
  const sealed = Array.from({ length: 40 }, (_, row) => partRow({ digest, subject: 'ann', ...at(1_200 + row) }))
  await registerRows(deployed, [...open, ...sealed])
  await label([open[0]!, ...open.slice(1_100, 1_149)], (at) => (at < 40 ? 'malignant' : 'benign'))
  await label(sealed, () => 'benign')
  const { spans, unreadable } = await show()
  const labelled = spans.reduce((sum, span) => sum + span.labelled, 0)
  expect([labelled, unreadable]).toEqual([90, 0])
  // 80 of 90 right: the interval of Wilson's formula, worked out apart.
  expect(spans).toMatchObject([
    {
      ...{ number: 1, digest, role: 'champion', labelled: 90, accuracy: expect.closeTo(80 / 90, 10) },
      accuracyInterval: { low: expect.closeTo(0.8074, 3), high: expect.closeTo(0.9385, 3) },
      // All 40 malignant rows are above the 40 sealed benign ones, and tie with the 10 others.
      rocAuc: [{ label: 'malignant', value: expect.closeTo(0.9, 10), interval: { high: expect.any(Number) } }],
    },
  ])
  const erased = { subject: 'ann', reason: 'asked for' }
  await both.dev.root('eraseSubject', { project, body: erased })
  expect((await show('hour')).spans.reduce((sum, span) => sum + span.labelled, 0)).toBe(50)
})
