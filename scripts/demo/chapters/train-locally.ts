import assert from 'node:assert/strict'
import type { Chapter } from '../demo.ts'
import { DEV, MODEL } from '../names.ts'
import { newestVersion } from '../state.ts'

export const trainLocally: Chapter = {
  title: 'Train locally, on dev-stack',
  run: async (demo) => {
    const { say, airlock } = demo
    say(
      'Alice signs in and trains on her own machine. The run is recorded step by step; it registers a version at its end.',
    )
    await airlock(`login ${DEV} --as alice`)
    await airlock('run training')

    say('That version can go no further: staging takes only what was trained in the environment staging.')
    const refusal = await airlock(`model promote ${MODEL} --to-stage staging`, { exitCode: 1 })
    assert.match(refusal, /gates_failed[\s\S]*trained_in_staging/)

    const { stage, source, evidence } = await newestVersion(demo, DEV)
    assert.equal(stage, 'none')
    assert.match(source.commit ?? '', /^[0-9a-f]{40}$/)
    assert.equal(source.dirty, false)
    assert.equal(evidence.run?.value.environment, 'local')
  },
}
