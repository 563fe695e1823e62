import assert from 'node:assert/strict'
import type { Chapter } from '../demo.ts'
import { MODEL, PRODUCTION, SERVICE } from '../names.ts'
import { holderOf, serviceFollows, stageChanges } from '../state.ts'

export const rollBack: Chapter = {
  title: 'Roll back',
  run: async (demo) => {
    demo.say(
      'First dry: which version held the stage before, is it whole, does it still pass the policy? Nothing changes.',
    )
    const rollback = `model rollback ${MODEL} --reason "More false alarms" --workspace ${PRODUCTION} --as ci`
    await demo.airlock(`${rollback} --dry-run`)
    assert.equal((await holderOf(demo, PRODUCTION, 'production')).number, 2)

    demo.say('Then for real, in one transaction.')
    await demo.airlock(rollback)
    assert.equal((await holderOf(demo, PRODUCTION, 'production')).number, 1)
    const [latest] = await stageChanges(demo, PRODUCTION)
    assert.deepEqual(
      [latest?.act, latest?.number, latest?.previousNumber, latest?.reason],
      ['rollback', 1, 2, 'More false alarms'],
    )

    demo.say('The service answers with version 1 again. How long did that take?')
    await serviceFollows(demo, 1)
    const shown = await demo.airlock(`deployment show ${SERVICE} --workspace ${PRODUCTION}`)
    assert.match(shown, /took over +1 from 2: \d+ ms from the rollback to the last answer of 2/)
  },
}
