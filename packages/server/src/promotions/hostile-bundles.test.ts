import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readParquet } from '@airlock-ml/tabular'
import { beforeAll, expect, test } from 'vitest'
import { claimingRows } from '../../test/claiming-rows.ts'
import { forgeBundle } from '../../test/forge-bundle.ts'
import { hostileModels } from '../../test/hostile-models.ts'
import { parquetBomb } from '../../test/parquet-bomb.ts'
import { promotionDesk } from '../../test/promotion-desk.ts'
import { sharedWorkspaces } from '../../test/shared-workspaces.ts'
import { type TrainedModel, trainModel } from '../../test/trained-model.ts'
import { stageAndExport } from '../../test/two-workspaces.ts'

const both = sharedWorkspaces({ scoring: { timeoutMs: 8_000, memoryMib: 1_024 } })
let desk: Awaited<ReturnType<typeof promotionDesk>>
let trained: TrainedModel
let hostile: ReturnType<typeof hostileModels>
let columnNames: readonly string[]
let uri: string

beforeAll(async () => {
  trained = await trainModel({ seed: 1 })
  columnNames = (await readParquet(trained.evaluation)).columnNames
  hostile = hostileModels(columnNames.filter((name) => name !== 'diagnosis'))
  desk = await promotionDesk(both)
  uri = (await stageAndExport(both.dev.root, trained)).bundle.uri
})

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
    'a table of 3 KB that stands for 300 million rows',
    () => ['evaluation', parquetBomb(columnNames, { rows: 3e8, kind: 'dictionary', claims: 'truth' })],
    { code: 'model_invalid', says: /300000000 rows of 31 columns, above the limit/ },
  ],
  // Within the limit on cells, 100 million, and still 700 MB of numbers.
  [
    'a table of one value in a dictionary that its footer denies',
    () => ['evaluation', parquetBomb(columnNames, { rows: 3e6, kind: 'dictionary', claims: 'plain' })],
    { code: 'model_invalid', says: /only plain, uncompressed files are accepted/ },
  ],
  [
    'a table that is a single run of nulls',
    () => ['evaluation', parquetBomb(columnNames, { rows: 3e6, kind: 'nulls', claims: 'truth' })],
    { code: 'model_invalid', says: /only plain, uncompressed files are accepted/ },
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

test('a bomb of some rows is a true Parquet file: what refuses it is its size', async () => {
  for (const kind of ['dictionary', 'nulls'] as const) {
    const table = await readParquet(parquetBomb(['a'], { rows: 5, kind, claims: 'truth' }))
    expect([...table.column('a').values]).toEqual(Array(5).fill(kind === 'nulls' ? Number.NaN : 0.5))
  }
  const hidden = parquetBomb(['a'], { rows: 5, kind: 'dictionary', claims: 'plain' })
  await expect(readParquet(hidden)).rejects.toThrow('a page refers to a dictionary that is not there')
})

const DEEP = 1_500_000
const deep = `${'['.repeat(DEEP)}${']'.repeat(DEEP)}`

test.each<[string, Parameters<typeof forgeBundle>[1], ((manifest: string) => string) | undefined]>([
  ['manifest.json', {}, (text) => text.replace('"parameters":{', `"parameters":{"a":${deep},`)],
  ['lineage.json', { 'lineage.json': Buffer.from(`{"formatVersion":1,"runId":${deep},"steps":[]}`) }, undefined],
])('JSON a million deep in %s, signed by a trusted key, is refused in words', async (file, replaced, rewrite) => {
  const forged = await forgeBundle(uri, replaced, join(both.dev.dir, 'signing-key.pem'), rewrite)
  expect(await desk.importBundle(forged)).toMatchObject({
    state: 'refused',
    refusal: { code: 'bundle_invalid', message: expect.stringMatching(`^${file} .*nested more than 100 deep`) },
  })
})

test('a model that only claims to be good meets the gates with the numbers of this workspace', async () => {
  const { state, gates } = await importForged('artifacts/model.onnx', hostile.harmless)
  expect({ state, gates }).toMatchObject({ state: 'refused', gates: [{ name: 'accuracy', verdict: 'failed' }] })
})

test('after all of them production takes the true bundle', async () => {
  expect(await desk.importBundle(uri)).toMatchObject({ refusal: null, state: 'completed' })
})
