import { PlatformError, type ServedVersion } from '@airlock-ml/contract'
import type { Predictor, ServingPlan, ServingVersion } from '@airlock-ml/sdk'
import {
  loadCheckedOnnx,
  namesOfModel,
  type OnnxModel,
  type Predictions,
  type ReferenceProfile,
  Table,
} from '@airlock-ml/tabular'
import type { NamesOf } from './names-in-thread.ts'

/** What a version answered to some rows. */
export type Answers = {
  labels: readonly string[]
  probabilities: Float32Array
  /** What the pipeline answers, an object a row. */
  answers: readonly object[]
}

/** A version that is ready to answer. */
export type LoadedVersion = {
  version: ServedVersion
  featureNames: readonly string[]
  classLabels: readonly string[]
  /** A row that one may ask about: the means of the rows that it was judged on, where it has their profile, else zeros. */
  example: Readonly<Record<string, number>>
  /**
   * Answers `rows` rows, which lie in `features` row by row and fill it. Rejects when the model or a step fails; with an
   * `OnnxError` that has a `row` where the model has no answer for that row, and with `answer_too_slow` after `mostMs`.
   */
  answer: (features: Float32Array, rows: number, mostMs?: number) => Promise<Answers>
  /** Waits for what it is answering, but not for what took too long, and frees the model. */
  close: () => Promise<void>
}

const checkHere: NamesOf = async (bytes) => namesOfModel(bytes)

export type ToLoad = {
  version: ServedVersion
  bytesOf: (role: string) => Promise<Uint8Array>
  /** Most of the work. Default: `namesOfModel`, which blocks the event loop. */
  namesOf?: NamesOf
  /** Default: a minute. */
  firstAnswerMs?: number
}

/** A first answer that does not come is no reason to wait for ever with all that is to be done. */
const FIRST_ANSWER_MS = 60_000

/**
 * Loads a version whose bytes were checked, and answers once with it, so that the first request finds all compiled.
 * Rejects with an `OnnxError` for a graph that is not safe or sound, with what a step throws, and with `answer_too_slow`.
 */
export async function loadVersion(
  plan: ServingPlan,
  { version, bytesOf, namesOf = checkHere, firstAnswerMs = FIRST_ANSWER_MS }: ToLoad,
): Promise<LoadedVersion> {
  const bytes = await bytesOf('model')
  const model = await loadCheckedOnnx(bytes, await namesOf(bytes, version.digest))
  try {
    const artifacts: Record<string, unknown> = {}
    for (const role of plan.roles) artifacts[role] = await plan.read(role, await bytesOf(role))
    const example = exampleRow(model.featureNames, version.artifacts.profile && (await bytesOf('profile')))
    const loaded = { ...answering(plan, { model, version, artifacts }), example }
    await loaded.answer(new Float32Array(model.featureNames.length), 1, firstAnswerMs)
    return loaded
  } catch (error) {
    await model.close()
    throw error
  }
}

type Parts = { model: OnnxModel; version: ServedVersion; artifacts: Readonly<Record<string, unknown>> }

function answering(plan: ServingPlan, { model, version, artifacts }: Parts): Omit<LoadedVersion, 'example'> {
  const { featureNames, classLabels } = model
  const serving: ServingVersion = { number: version.number, digest: version.digest, artifacts }
  const open = new Set<Promise<unknown>>()
  const answer = async (features: Float32Array, rows: number): Promise<Answers> => {
    const heard = hear(model)
    const answers = await plan.answer(Table.ofRows(features, featureNames), heard.model, serving)
    const said = heard.said()
    if (said?.labels.length !== rows)
      throw new TypeError(`${plan.pipeline} did not ask the model about each of ${rows} rows once, as one table.`)
    return { ...said, answers }
  }
  return {
    version,
    featureNames,
    classLabels,
    answer: (features, rows, mostMs) => {
      const answering = answer(features, rows)
      const answered = mostMs === undefined ? answering : within(answering, mostMs)
      open.add(answered)
      const done = () => open.delete(answered)
      answered.then(done, done)
      return answered
    },
    close: async () => {
      await Promise.allSettled(open)
      await model.close()
    },
  }
}

/** Nothing can end a step that waits in vain, but nobody has to wait with it. */
function within(answering: Promise<Answers>, ms: number): Promise<Answers> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      reject(new PlatformError('answer_too_slow', 'The pipeline gave no answer within the time it has for one.'))
    }, ms)
    answering.then(resolve, reject).finally(() => clearTimeout(late))
  })
}

/** The model for one batch, and what it said last: those who watch are told what the model said, not what became of it. */
function hear(model: OnnxModel): { model: Predictor; said: () => Predictions | undefined } {
  let said: Predictions | undefined
  const keep = (predictions: Predictions) => {
    said = predictions
    return predictions
  }
  return {
    model: {
      featureNames: model.featureNames,
      classLabels: model.classLabels,
      predict: (features, rows) => model.predict(features, rows).then(keep),
      predictTable: (table) => model.predictTable(table).then(keep),
    },
    said: () => said,
  }
}

function exampleRow(featureNames: readonly string[], profile?: Uint8Array): Record<string, number> {
  const { features = [] } = profile ? (JSON.parse(new TextDecoder().decode(profile)) as Partial<ReferenceProfile>) : {}
  const means = new Map(features.map(({ name, mean }) => [name, mean]))
  // Defined, not assigned: a feature may be called as a part of a prototype.
  return Object.fromEntries(featureNames.map((name) => [name, Number((means.get(name) ?? 0).toPrecision(4))]))
}
