import type { ServedVersion } from '@airlock-ml/contract'
import type { Answered } from './batcher.ts'

const known = new WeakMap<ServedVersion, string>()

/** The version as each answer names it, made once. */
function modelText(version: ServedVersion): string {
  const before = known.get(version)
  if (before !== undefined) return before
  const text = JSON.stringify({
    name: version.model,
    version: version.number,
    sourceVersion: version.sourceNumber,
    digest: version.digest,
  })
  known.set(version, text)
  return text
}

/** The answer as JSON: an object for one row, `{ predictions: […] }` for many. */
export function answerText({ ids, answers, version }: Answered, isOne: boolean): string {
  const model = modelText(version)
  if (isOne) return rowText(ids[0]!, answers[0]!, model)
  return `{"predictions":[${answers.map((answer, at) => rowText(ids[at]!, answer, model)).join(',')}]}`
}

/** Throws a `TypeError` for an answer that is no JSON object. */
function objectText(answer: object): string {
  const text: string | undefined = JSON.stringify(answer)
  if (text?.[0] === '{') return text
  throw new TypeError(`The pipeline answered with ${text?.slice(0, 100)}, which is no JSON object.`)
}

/** What the pipeline says stands between; it cannot say which prediction or version it is. */
function rowText(id: string, answer: object, model: string): string {
  const said = objectText('model' in answer || 'predictionId' in answer ? withoutOurs(answer) : answer)
  return `{"predictionId":"${id}",${said.length > 2 ? `${said.slice(1, -1)},` : ''}"model":${model}}`
}

function withoutOurs(answer: object): object {
  const { predictionId: _id, model: _model, ...rest } = answer as Record<string, unknown>
  return rest
}
