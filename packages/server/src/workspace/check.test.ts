import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { editDatabase } from '../../test/edit-database.ts'
import { freshWorkspaces } from '../../test/shared-workspaces.ts'
import { trainModel } from '../../test/trained-model.ts'
import { model, project, stageAndExport, upload } from '../../test/two-workspaces.ts'

const both = freshWorkspaces()
let digest: string
const trained = trainModel({ seed: 1, trees: 3 })

beforeEach(async () => {
  await stageAndExport(both.dev.root, await trained)
  digest = (await both.dev.root('showModelVersion', { project, model, number: 1 })).digest
})

const check = () => both.dev.root('checkWorkspace', {})
const blob = () => join(both.dev.dir, 'artifacts', 'blobs', digest.slice(0, 2), digest)
const edit = (sql: string) => editDatabase(both.dev, sql)

test('an untouched workspace is consistent', async () => {
  expect(await check()).toMatchObject({
    consistent: true,
    findings: [],
    checked: { modelVersions: 1, stageChanges: 1, trainingRuns: 1, importRuns: 0 },
  })
})

test('a version whose bytes were deleted is found', async () => {
  edit(`update blobs set deleted_at = created_at, deleted_by = 'somebody' where digest = '${digest}'`)
  const detail = `Its model was deleted: ${digest}.`
  const { consistent, findings } = await check()
  expect(consistent).toBe(false)
  expect(findings).toContainEqual({ kind: 'blob_missing', subject: `${model}/1`, detail })
})

test('damaged and missing bytes are found by digest', async () => {
  await writeFile(blob(), 'other bytes')
  expect(await check()).toMatchObject({ consistent: false, findings: [{ kind: 'blob_damaged', subject: digest }] })
  await rm(blob())
  expect(await check()).toMatchObject({ consistent: false, findings: [{ kind: 'blob_missing', subject: digest }] })
})

test('bytes that nothing refers to are named, and harm nothing', async () => {
  const orphan = await upload(both.dev.root, Buffer.from('orphan'))
  edit(`delete from blobs where digest = '${orphan}'`)
  expect(await check()).toMatchObject({ consistent: true, findings: [{ kind: 'blob_orphaned' }] })
})

test.each([
  ["update model_versions set stage = 'none'", 'history_inconsistent'],
  ['update stage_changes set number = 7', 'stage_inconsistent'],
  ['delete from audit_events where sequence = 2', 'event_missing'],
  ["update runs set status = 'failed'", 'run_inconsistent'],
])('the database edited by hand is found: %s', async (sql, kind) => {
  edit(sql)
  const { consistent, findings } = await check()
  expect(consistent).toBe(false)
  expect(findings.map((finding) => finding.kind)).toContain(kind)
})
