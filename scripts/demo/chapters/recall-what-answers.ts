import assert from 'node:assert/strict'
import type { Page, Recall } from '@airlock-ml/contract'
import type { Chapter } from '../demo.ts'
import { MODEL, PRODUCTION, SERVICE } from '../names.ts'
import { serviceFollows } from '../state.ts'

export const recallWhatAnswers: Chapter = {
  title: 'Recall what answers',
  run: async (demo) => {
    const { airlock, say, ask } = demo
    const invoke = `deployment invoke ${SERVICE} --example --workspace ${PRODUCTION}`
    say('Is version 1 unsafe? Ada recalls it. The stage keeps its holder, but from now on nobody answers with it.')
    const reason = '"Its scanner was wrongly calibrated"'
    await airlock(`recall --model ${MODEL} --model-version 1 --reason ${reason} --workspace ${PRODUCTION} --as ada`)
    await serviceFollows(demo, null)
    assert.match(await airlock(invoke, { exitCode: 1 }), /recalled/)

    say('It was another scanner. Somebody else has to lift the recall: Grace does, and the service answers again.')
    const [recall] = (await ask<Page<Recall>>(`recall list --workspace ${PRODUCTION}`)).items
    const lift = `recall lift ${recall?.id} --reason "It was the other scanner"`
    await airlock(`${lift} --workspace ${PRODUCTION} --as grace`)
    await serviceFollows(demo, 1)
    await airlock(invoke)
    await airlock(`deployment stop ${SERVICE} --workspace ${PRODUCTION}`)
  },
}
