import assert from 'node:assert/strict'
import type { Chapter } from '../demo.ts'
import { DEV, MODEL, PRODUCTION } from '../names.ts'
import { holderOf, newestPromotion } from '../state.ts'

export const promoteToProduction: Chapter = {
  title: 'Export, request, approve as a second person, import',
  run: async (demo) => {
    const { say, airlock } = demo
    say(
      'The workspaces meet only in the exchange. The export is a signed bundle; the same version always gives the same digest.',
    )
    const exported = await airlock(
      `promote --model ${MODEL} --source-workspace ${DEV} --source-stage staging --export-only --as ci`,
    )

    say(`Now the whole way. ${PRODUCTION} verifies the signature and every digest, scores the model again on the
evaluation table in the bundle, and asks its own gates. Then it waits for a person: exit code 3.`)
    const whole = `promote --model ${MODEL} --source-workspace ${DEV} --dest-workspace ${PRODUCTION} --as ci`
    await airlock(whole, { exitCode: 3 })
    const { id, bundle } = await newestPromotion(demo)
    assert.ok(exported.includes(bundle.uri), `the second export is another bundle, ${bundle.uri}`)

    say('Alice has the role to approve, but ci asked, and she answers for ci. The server refuses her.')
    const own = `promotion approve ${id} --yes --as alice --workspace ${PRODUCTION}`
    assert.match(await airlock(own, { exitCode: 1 }), /approval_by_requester/)

    say('Bob approves the plan, by its digest, signed with his own key. The import follows in one transaction.')
    await airlock(`promotion approve ${id} --yes --as bob --reason "Looked at the metrics" --workspace ${PRODUCTION}`)
    await airlock(`model version list ${MODEL} --workspace ${PRODUCTION}`)

    const { requesters, approvals } = await newestPromotion(demo)
    // Ada made the key that ci asked with, so she could not have approved either.
    assert.ok(requesters.includes('ada'))
    assert.match(approvals[0]?.keyFingerprint ?? '', /^[0-9a-f]{64}$/)
    const [source, imported] = [await holderOf(demo, DEV, 'staging'), await holderOf(demo, PRODUCTION, 'production')]
    assert.equal(imported.digest, source.digest)
    assert.equal(imported.source.number, source.number)
    assert.equal(imported.source.bundleDigest, bundle.digest)
    assert.equal(imported.evidence.metrics?.grade, 'recomputed')
    assert.deepEqual(imported.metrics, source.metrics)
  },
}
