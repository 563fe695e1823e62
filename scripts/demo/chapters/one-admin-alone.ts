import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Change, Page, Policy } from '@airlock-ml/contract'
import type { Chapter } from '../demo.ts'
import { PRODUCTION } from '../names.ts'

const CARELESS = 'data/out/careless.yaml'
const LOG = 'data/out/audit.jsonl'

export const oneAdminAlone: Chapter = {
  title: 'One admin alone, and a record that somebody edits',
  run: async ({ dir, say, airlock, ask }) => {
    const strict = readFileSync(join(dir, 'governance/policies/production.yaml'), 'utf8')
    writeFileSync(join(dir, CARELESS), strict.replace('required: 1', 'required: 0'))
    say('Ada, who is admin, wants production without approvals. Her policy is not applied: it waits for somebody else.')
    await airlock(`policy apply ${CARELESS} --workspace ${PRODUCTION} --as ada`, { exitCode: 3 })
    const pending = await ask<Page<Change>>(`change list --state pending --workspace ${PRODUCTION} --as grace`)
    const { id } = pending.items[0]!

    say('She cannot approve it herself. Grace reads what would change, and says no.')
    await airlock(`change approve ${id} --yes --workspace ${PRODUCTION} --as ada`, { exitCode: 1 })
    await airlock(`change show ${id} --workspace ${PRODUCTION} --as grace`)
    const reason = '"Nobody promotes unseen"'
    await airlock(`change reject ${id} --reason ${reason} --workspace ${PRODUCTION} --as grace`)
    const policy = await ask<Policy>(`policy show production --workspace ${PRODUCTION}`)
    assert.deepEqual([policy.version, policy.spec.approvals.required], [1, 1])

    say('An auditor takes the log away. Somebody edits one word of it. It says where.')
    await airlock(`audit export -o ${LOG} --workspace ${PRODUCTION} --as ada`)
    await airlock(`audit verify ${LOG}`)
    const log = readFileSync(join(dir, LOG), 'utf8')
    writeFileSync(join(dir, LOG), log.replace('approval_by_requester', 'approval_role_missing'))
    assert.match(await airlock(`audit verify ${LOG}`, { exitCode: 1 }), /event/)
  },
}
