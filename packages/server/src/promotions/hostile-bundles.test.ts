import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readParquet } from '@airlock-ml/tabular'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { claimingRows } from '../../test/claiming-rows.ts'
import { forgeBundle } from '../../test/forge-bundle.ts'
import { hostileModels } from '../../test/hostile-models.ts'
import { promotionDesk } from '../../test/promotion-desk.ts'
import { type TrainedModel, trainModel } from '../../test/trained-model.ts'
import { stageAndExport, type TwoWorkspaces, twoWorkspaces } from '../../test/two-workspaces.ts'

let both: TwoWorkspaces
let desk: Awaited<ReturnType<typeof promotionDesk>>
let trained: TrainedModel
let hostile: ReturnType<typeof hostileModels>
let uri: string

beforeAll(async () => {
  trained = await trainModel({ seed: 1 })
  const { columnNames } = await readParquet(trained.evaluation)
  hostile = hostileModels(columnNames.filter((name) => name !== 'diagnosis'))
  both = await twoWorkspaces({ scoring: { timeoutMs: 8_000, memoryMib: 1_024 } })
  desk = await promotionDesk(both)
  uri = (await stageAndExport(both.dev.root, trained)).bundle.uri
})
afterAll(() => both.close())

/** The source itself is dishonest, and its key is trusted: everything fits but what the bytes do. */
const importForged = async (path: string, bytes: Uint8Array) =>
  desk.importBundle(await forgeBundle(uri, { [path]: bytes }, join(both.dev.dir, 'signing-key.pem')))

const attacks: [string, () => [string, Uint8Array], { code: string; says: RegExp }][] = [
  ['an ONNX with external data', () => ['model', hostile.externalData], { code: 'model_invalid', says: /outside/ }],
  ['a foreign operator', () => ['model', hostile.foreignOperator], { code: 'model_invalid', says: /FusedMatMul/ }],
  ['an endless loop', () => ['model', hostile.endlessLoop], { code: 'model_invalid', says: /Loop/ }],
  ['a tensor that claims terabytes', () => ['model', hostile.hugeTensor], { code: 'model_invalid', says: /scored/ }],
  ['a graph that takes too long', () => ['model', hostile.slow], { code: 'scoring_failed', says: /longer than 8 s/ }],
  [
    'a graph that swells in memory',
    () => ['model', hostile.swelling],
    { code: '(model_invalid|scoring_failed)', says: /scored/ },
  ],
  [
    'a table that claims a trillion rows',
    () => ['evaluation', claimingRows(trained.evaluation, { actual: trained.metrics.rows ?? 0, claimed: 1e12 })],
    { code: 'model_invalid', says: /1000000000000 rows/ },
  ],
  [
    'a table that is none',
    () => ['evaluation', Buffer.from('PAR1 nothing PAR1')],
    { code: 'model_invalid', says: /Parquet/ },
  ],
]

test.each(attacks)(
  '%s in a bundle of a trusted source is refused, on the record',
  async (_, forged, { code, says }) => {
    const [role, bytes] = forged()
    const path = role === 'model' ? 'artifacts/model.onnx' : 'artifacts/evaluation.parquet'
    const { id, state, refusal } = await importForged(path, bytes)
    expect({ state, ...refusal }).toMatchObject({
      state: 'refused',
      code: expect.stringMatching(new RegExp(`^${code}$`)),
      message: expect.stringMatching(says),
      remedy: expect.stringMatching(/\w/),
    })
    const { items } = await both.production.root('listAuditEvents', { type: 'promotion.refused', limit: 1 })
    expect(items).toMatchObject([{ outcome: 'refused', subject: { id }, reason: refusal?.message }])
    expect(await readdir(join(both.production.dir, 'staging'))).toEqual([])
  },
)

test('a model that only claims to be good meets the gates with the numbers of this workspace', async () => {
  const { state, gates } = await importForged('artifacts/model.onnx', hostile.harmless)
  expect({ state, gates }).toMatchObject({ state: 'refused', gates: [{ name: 'accuracy', verdict: 'failed' }] })
})

test('after all of them production takes the true bundle', async () => {
  expect(await desk.importBundle(uri)).toMatchObject({ refusal: null, state: 'completed' })
})
