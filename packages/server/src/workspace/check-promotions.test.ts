import type { Promotion } from '@airlock-ml/contract'
import { beforeEach, expect, test } from 'vitest'
import { rejectPromotion } from '../../test/decision-signing.ts'
import { editDatabase } from '../../test/edit-database.ts'
import { promotionDesk } from '../../test/promotion-desk.ts'
import { freshWorkspaces } from '../../test/shared-workspaces.ts'
import { trainModel } from '../../test/trained-model.ts'
import { stageAndExport } from '../../test/two-workspaces.ts'

const both = freshWorkspaces({ approvals: 2 })
let desk: Awaited<ReturnType<typeof promotionDesk>>
/** One that bob rejected, and one of the same bundle that waits with bob's approval, the first of two. */
let rejected: Promotion
let waiting: Promotion
const trained = trainModel({ seed: 1, trees: 3 })

beforeEach(async () => {
  desk = await promotionDesk(both)
  const { bundle } = await stageAndExport(both.dev.root, await trained)
  rejected = await requested(bundle.uri)
  await rejectPromotion(desk.bob, rejected, 'Not before the audit.')
  waiting = await requested(bundle.uri)
  await desk.approve(desk.bob, waiting)
})

async function requested(uri: string) {
  const { id } = await desk.request(uri)
  await both.production.workspace.advance(id)
  return desk.show(id)
}
const check = () => both.production.root('checkWorkspace', {})
const edit = (sql: string) => editDatabase(both.production, sql)
const copied = (columns: Record<string, string>, from: string) => {
  const names = 'promotion_id plan_digest person by_name decision reason at expires_at key_fingerprint signature'
  const values = names.split(' ').map((name) => columns[name] ?? name)
  edit(`insert into approvals select ${values.join(', ')} from approvals where promotion_id = '${from}'`)
}

test('promotions that were asked for, approved and rejected are consistent', async () => {
  expect(await check()).toMatchObject({ consistent: true, findings: [], checked: { promotions: 2, approvals: 2 } })
})

test('a promotion that says something else than its events is found, each column of it', async () => {
  const edits = [
    ["requested_by = 'nobody'", 'requested_by is "nobody"; by the event of its request it is "alice"'],
    ["requested_by_person = 'nobody'", 'requested_by_person is "nobody"'],
    [`requesters = '["nobody"]'`, 'requesters is ["nobody"]; by the event of its request it is ["alice","root"]'],
    [`requested_claims = '{"sub":"x"}'`, 'requested_claims is {"sub":"x"}'],
    ["bundle_uri = 'file:///elsewhere'", 'bundle_uri is "file:///elsewhere"'],
    [`plan_digest = '${'d'.repeat(64)}'`, `plan_digest is "${'d'.repeat(64)}"`],
    ['approvals_required = 1', 'approvals_required is 1; by the event of its verification it is 2'],
    [`approval_roles = '["auditor"]'`, 'approval_roles is ["auditor"]; by the event of its verification it is'],
  ] as const
  edit(`update promotions set ${edits.map(([change]) => change).join(', ')} where id = '${waiting.id}'`)
  const { consistent, findings } = await check()
  expect(consistent).toBe(false)
  expect(findings).toEqual(
    edits.map(([, detail]) => ({
      kind: 'promotion_inconsistent',
      subject: waiting.id,
      detail: expect.stringContaining(detail),
    })),
  )
})

const approvalFindings = async () => {
  const { consistent, findings } = await check()
  expect(consistent).toBe(false)
  expect(findings.map(({ kind }) => kind)).toEqual(findings.map(() => 'approval_inconsistent'))
  return findings.map(({ subject, detail }) => `${subject} ${detail}`).join('\n')
}

test('an approval that was copied into another promotion is found: it is not signed for it, and in no event of it', async () => {
  copied({ promotion_id: `'${rejected.id}'` }, waiting.id)
  const found = await approvalFindings()
  expect(found).toContain(`${rejected.id} The decision “approved” of bob`)
  expect(found).toContain('is not signed by a decision key of bob; it does not count.')
  expect(found).toContain('is in no event of the log.')
})

test('an approval that was edited is found, each column of it', async () => {
  edit('create table kept as select * from approvals')
  for (const [change, detail] of [
    ["person = 'carol'", 'is not signed by a decision key of carol'],
    ["by_name = 'root'", 'is not signed by a decision key of bob'],
    ["reason = 'Checked by two people.'", 'Its reason is "Checked by two people."; by the event'],
    ["expires_at = '2999-01-01T00:00:00.000Z'", 'Its expires_at is "2999-01-01T00:00:00.000Z"; by the event'],
    ["signature = 'AAAA'", 'The decision of bob that event'],
  ]) {
    edit(`update approvals set ${change} where promotion_id = '${waiting.id}'`)
    expect(await approvalFindings()).toContain(detail)
    edit('delete from approvals; insert into approvals select * from kept')
  }
})

test('decisions that were removed, or entered twice, are found', async () => {
  edit(`delete from approvals where promotion_id = '${rejected.id}'`)
  copied({ at: "'2026-01-01T00:00:00.000Z'" }, waiting.id)
  const found = await approvalFindings()
  expect(found).toMatch(
    new RegExp(`${rejected.id} The decision of bob that event \\d+ .promotion.rejected. records is not there`),
  )
  expect(found).toContain(`${waiting.id} The decision “approved” of bob`)
  expect(found).toContain('is there twice.')
})
