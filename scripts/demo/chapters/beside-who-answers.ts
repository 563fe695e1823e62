import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ComparisonResult, Deployment, Page, PredictionPart, PredictionTrace } from '@airlock-ml/contract'
import { type Answer, askAbout, outcomesOf, type Patient, patientsOf } from '../clinic.ts'
import type { Chapter, Demo } from '../demo.ts'
import { DEV, MODEL, TRIAL } from '../names.ts'
import { holderOf, newestVersion, until } from '../state.ts'

const HELD_OUT = 'data/out/held-out.parquet'
const OUTCOMES = 'data/out/outcomes.csv'

export const besideWhoAnswers: Chapter = {
  title: 'Beside who answers: a shadow, labels, a verdict, and a canary that goes by itself',
  run: async (demo) => {
    const { airlock, ask, dir, say } = demo
    say('A logistic regression, which passes every gate, is to replace the forest that holds staging.')
    await airlock('run training --environment staging --param algorithm=logistic --as ci')
    const { number: champion } = await holderOf(demo, DEV, 'staging')
    const { number: challenger, artifacts } = await newestVersion(demo, DEV)

    say('A service follows staging. The new version is asked the same beside it, unheard: a shadow.')
    const how = '--pipeline realtime-inference --environment staging --stage staging --key-name clinic'
    const soon = '--set log.partSeconds=0.3 --set monitoring.windowSeconds=1 --set monitoring.minRows=20'
    const made = await airlock(`deployment create --name ${TRIAL} ${how} ${soon}`)
    const service = { url: /http:\S+/.exec(made)![0], key: /ald_\S+/.exec(made)![0] }
    await changed(demo, `deployment update ${TRIAL} --challenger ${challenger}`)

    await ask(`artifact download ${artifacts.evaluation?.id} --output ${HELD_OUT}`)
    const patients = await patientsOf(join(dir, HELD_OUT))
    say(`A clinic asks about ${patients.length} patients that neither has learnt from, and later says what they had.`)
    const answers = await askAbout(service, patients)
    assert.deepEqual(versionsOf(answers), [champion])
    await recorded(demo, 2 * patients.length)
    writeFileSync(join(dir, OUTCOMES), outcomesOf(answers, patients))
    await airlock(`label import ${TRIAL} ${OUTCOMES}`)
    await airlock(`deployment compare ${TRIAL}`)

    say(`${patients.length} rows decide little: a loss larger than the margin is not ruled out. It is what the comparison of
held-out rows finds on the same rows, since one declaration judges both. So a quarter of the patients is tried, guarded.`)
    const { result } = await ask<{ result: ComparisonResult }>(`deployment compare ${TRIAL}`)
    const offline = await ask<ComparisonResult>(
      `model compare ${MODEL} --champion ${champion} --challenger ${challenger}`,
    )
    assert.equal(result.verdict, 'not enough data')
    assert.deepEqual(
      [result.verdict, result.metrics, result.slices],
      [offline.verdict, offline.metrics, offline.slices],
    )
    const guards = '--guard disagreement=0.1 --guard minRows=20 --guard p99Ratio=none'
    const steps = '--steps 25,50,100 --hold 10m'
    await changed(demo, `deployment canary ${TRIAL} --model-version ${challenger} ${steps} ${guards}`)

    say('The clinic changes its software, which sends one measurement in percent. To a tree that is still large.')
    const inPercent = patients.map(withPercent)
    const mixed = await askAbout(service, inPercent)
    assert.deepEqual(versionsOf(mixed), [champion, challenger])
    await until<Deployment>(
      demo,
      showTrial,
      (shown) => shown.challenger === null && shown.report?.challengerNumber === null,
    )
    const retreat = await airlock(showTrial)
    assert.match(retreat, new RegExp(`taken out +${challenger} .+It says malignant of [\\d.]+ %, the champion of`))
    const after = await askAbout(service, inPercent)
    assert.deepEqual(versionsOf(after), [champion])

    say('Nobody had to look. Who does look sees which measurement it is, and once labels come, whom it harmed.')
    await recorded(demo, 4 * patients.length)
    const both = [...mixed, ...after]
    writeFileSync(join(dir, OUTCOMES), outcomesOf(both, [...patients, ...patients]))
    await ask(`label import ${TRIAL} ${OUTCOMES}`)
    const monitored = await airlock(`monitor show ${TRIAL}`)
    assert.match(monitored, /worst_symmetry +breach/)
    const rightOf = (version: number) => shareRight(both, patients, version)
    assert.ok(rightOf(challenger) < 0.8 && rightOf(champion) > 0.95, `${rightOf(challenger)}, ${rightOf(champion)}`)

    say('Whoever holds an answer of the canary in hand walks back from its id.')
    const wrong = mixed.find(({ model, label }, at) => model.version === challenger && label !== patients[at]!.truth)!
    await airlock(`trace ${wrong.predictionId}`)
    const { prediction, trace } = await ask<PredictionTrace>(`trace ${wrong.predictionId}`)
    assert.deepEqual([prediction.role, trace.version?.number], ['canary', challenger])
    assert.match(trace.training?.commit ?? '', /^[0-9a-f]{40}$/)
    await ask(`deployment stop ${TRIAL}`)
  },
}

const showTrial = `deployment show ${TRIAL}`

/** Changes the deployment, and waits until its service has done what it asks for. */
async function changed(demo: Demo, line: string): Promise<void> {
  const { report: before } = await demo.ask<Deployment>(showTrial)
  await demo.airlock(line)
  await until<Deployment>(demo, showTrial, ({ report }) => report?.revision !== before?.revision)
}

/** Waits until so many answers are in the log, where labels and traces find them. */
const recorded = (demo: Demo, rows: number): Promise<unknown> =>
  until<Page<PredictionPart>>(
    demo,
    `prediction parts ${TRIAL}`,
    ({ items }) => items.reduce((sum, part) => sum + part.rows, 0) >= rows,
  )

const withPercent = (patient: Patient): Patient => ({
  ...patient,
  row: { ...patient.row, worst_symmetry: 100 * patient.row.worst_symmetry! },
})

const versionsOf = (answers: readonly Answer[]): number[] =>
  [...new Set(answers.map(({ model }) => model.version))].sort((a, b) => a - b)

/** How many of the answers of a version were right. */
function shareRight(answers: readonly Answer[], patients: readonly Patient[], version: number): number {
  const right = answers.flatMap(({ label, model }, at) =>
    model.version === version ? [label === patients[at % patients.length]!.truth] : [],
  )
  return right.filter(Boolean).length / right.length
}
