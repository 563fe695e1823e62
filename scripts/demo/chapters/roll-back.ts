import assert from 'node:assert/strict'
import type { Chapter } from '../demo.ts'
import { MODEL, PRODUCTION } from '../names.ts'
import { holderOf, stageChanges } from '../state.ts'

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
  },
}
