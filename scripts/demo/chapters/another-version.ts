import assert from 'node:assert/strict'
import type { Chapter } from '../demo.ts'
import { DEV, MODEL, PRODUCTION, SERVICE } from '../names.ts'
import { holderOf, newestPromotion, newestVersion, serviceFollows } from '../state.ts'

export const anotherVersion: Chapter = {
  title: 'Train and promote another version',
  run: async (demo) => {
    const { airlock, say } = demo
    say('More trees, another seed. It is judged on the same held-out rows as every version of this model.')
    await airlock('run training --environment staging --param trees=200 --param seed=7 --as ci')
    const { number } = await newestVersion(demo, DEV)
    await airlock(`model promote ${MODEL} --to-stage staging --model-version ${number}`)

    say('What would production say? --plan verifies and asks the gates, and requests nothing.')
    const route = `--model ${MODEL} --source-workspace ${DEV} --dest-workspace ${PRODUCTION}`
    await airlock(`promote ${route} --plan --as ci`)
    await airlock(`promote ${route} --as ci`, { exitCode: 3 })
    await airlock(`promotion approve ${(await newestPromotion(demo)).id} --yes --as bob --workspace ${PRODUCTION}`)

    const holder = await holderOf(demo, PRODUCTION, 'production')
    assert.deepEqual([holder.number, holder.source.number], [2, number])
    await airlock(`model version list ${MODEL} --workspace ${PRODUCTION}`)

    say('The service has followed, between two requests:')
    await serviceFollows(demo, 2)
    await airlock(`deployment invoke ${SERVICE} --example --workspace ${PRODUCTION}`)
  },
}
