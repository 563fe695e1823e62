import assert from 'node:assert/strict'
import type { AuditEvent, Page, WorkspaceCheck } from '@airlock-ml/contract'
import type { Chapter } from '../demo.ts'
import { DEV, MODEL, PRODUCTION } from '../names.ts'
import { stageChanges } from '../state.ts'

export const theRecord: Chapter = {
  title: 'Who did what: history, audit events, and whether all is whole',
  run: async (demo) => {
    const { say, airlock, ask } = demo
    say('Who held production when, how it got there, and under which version of the policy:')
    await airlock(`model history ${MODEL} --workspace ${PRODUCTION}`)
    say('Every decision and every refusal is an event, written in the transaction of what it records:')
    await airlock(`audit list --limit 20 --workspace ${PRODUCTION} --as ada`)
    say('Nobody has changed the record: it is a tree whose head production signs and development countersigns.')
    for (const workspace of [PRODUCTION, DEV]) await airlock(`audit checkpoint --workspace ${workspace} --as ada`)
    const verified = await airlock(`audit verify --workspace ${PRODUCTION} --as ada`)
    say('Do database, artifact store and audit log agree?')
    for (const workspace of [DEV, PRODUCTION]) await airlock(`workspace check ${workspace} --as ada`)

    assert.match(verified, new RegExp(`countersigned by +${DEV}`))
    const acts = (await stageChanges(demo, PRODUCTION)).map(({ act, number }) => `${act} ${number}`)
    assert.deepEqual(acts, ['rollback 1', 'import 2', 'import 1'])
    const events = await ask<Page<AuditEvent>>(`audit list --limit 200 --workspace ${PRODUCTION} --as ada`)
    const types = new Set(events.items.map(({ type, outcome }) => `${type} ${outcome}`))
    for (const type of ['promotion.requested done', 'promotion.approved done', 'promotion.refused refused'])
      assert.ok(types.has(type), `no audit event ${type} among ${[...types].join(', ')}`)
    for (const workspace of [DEV, PRODUCTION])
      assert.ok((await ask<WorkspaceCheck>(`workspace check ${workspace} --as ada`)).consistent)
  },
}
