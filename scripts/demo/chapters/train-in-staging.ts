import assert from 'node:assert/strict'
import type { Chapter } from '../demo.ts'
import { DEV, MODEL } from '../names.ts'
import { newestVersion } from '../state.ts'

export const trainInStaging: Chapter = {
  title: 'Train in staging, as CI would',
  run: async (demo) => {
    demo.say(
      'The same pipeline from the same commit, as the service account ci, with the parameters of configs/staging.yaml.',
    )
    await demo.airlock('run training --environment staging --as ci')
    await demo.airlock(`model version list ${MODEL}`)

    const { createdBy, evidence, metrics, parameters } = await newestVersion(demo, DEV)
    assert.equal(createdBy, 'ci')
    assert.equal(evidence.run?.value.stack, 'staging-stack')
    assert.equal(parameters.trees, 100)
    assert.ok((metrics.accuracy ?? 0) >= 0.96, `accuracy is ${metrics.accuracy}`)
  },
}
