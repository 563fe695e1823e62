import assert from 'node:assert/strict'
import type { Chapter } from '../demo.ts'
import { MODEL, PRODUCTION, SERVICE } from '../names.ts'
import { holderOf } from '../state.ts'

export const answerOverHttp: Chapter = {
  title: 'Answer over HTTP, with who holds the stage',
  run: async (demo) => {
    const { airlock, say, ask } = demo
    say(
      'The pipeline is deployed: a service that goes on when this shell is closed, and is started again when it ends.',
    )
    await airlock(`deployment create --pipeline realtime-inference --name ${SERVICE} --workspace ${PRODUCTION} --as ci`)

    say('Asked about a row of the data that the version was judged on:')
    await airlock(`deployment invoke ${SERVICE} --example --workspace ${PRODUCTION}`)
    const { number, digest, source } = await holderOf(demo, PRODUCTION, 'production')
    const answer = await ask<object>(`deployment invoke ${SERVICE} --example --workspace ${PRODUCTION}`)
    assert.partialDeepStrictEqual(answer, {
      model: { name: MODEL, version: number, sourceVersion: source.number, digest },
    })
  },
}
