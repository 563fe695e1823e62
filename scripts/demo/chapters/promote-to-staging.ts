import assert from 'node:assert/strict'
import type { Chapter } from '../demo.ts'
import { DEV, MODEL } from '../names.ts'
import { holderOf } from '../state.ts'

export const promoteToStaging: Chapter = {
  title: 'Promote to staging',
  run: async (demo) => {
    demo.say(
      'Inside one workspace a promotion is one transaction: the gates of the stage, the change, its history and audit event.',
    )
    await demo.airlock(`model promote ${MODEL} --to-stage staging --model-version 2`)
    assert.equal((await holderOf(demo, DEV, 'staging')).number, 2)
  },
}
