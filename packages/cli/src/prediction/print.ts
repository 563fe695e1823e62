import type { Prediction, PredictionTrace } from '@airlock-ml/contract'
import type { Context } from '../context.ts'
import type { Result } from '../output/result.ts'
import { shown } from '../output/show.ts'
import { traceText } from '../trace/print.ts'
import { branch, treeText } from '../trace/tree.ts'

type Head = PredictionTrace['prediction']

/** Who answered: a service, or a run. */
const answererText = ({ deployment, runId, role }: Head): string =>
  deployment
    ? `${deployment.name}${deployment.deletedAt ? `, deleted at ${deployment.deletedAt}` : ''}${role === 'champion' ? '' : `, as ${role}`}`
    : `run ${runId}`

const numbersText = (numbers: Readonly<Record<string, number>>): string =>
  Object.entries(numbers)
    .map(([name, value]) => `${name} ${value}`)
    .join('\n')

/** What `prediction show` prints. */
export function predictionResult(prediction: Prediction, context: Context): Result {
  const { version, file, inputs, probabilities, truth, latencyUs } = prediction
  const isErased = prediction.state === 'erased'
  return shown(
    prediction,
    {
      id: prediction.id,
      state: isErased ? 'erased: the key of its subject was destroyed' : undefined,
      answered: answererText(prediction),
      at: prediction.at ?? undefined,
      took: latencyUs === null ? undefined : `${latencyUs / 1_000} ms`,
      version: `${version.model} ${version.number}, ${version.digest}`,
      file: `${file.id ? `part ${file.id}, ` : ''}${file.digest}`,
      key: prediction.key ?? undefined,
      subject: prediction.subject ?? undefined,
      label: isErased ? undefined : prediction.label,
      truth: truth ? `${truth.label}, by ${truth.importedBy} at ${truth.importedAt}` : undefined,
      probabilities: probabilities ? numbersText(probabilities) : undefined,
      inputs: inputs ? numbersText(inputs) : undefined,
      'inputs hmac': prediction.inputsHmac ?? undefined,
    },
    { context },
  )
}

/** What `trace` prints of a prediction: the way back as a tree. */
export const predictionTraceResult = (found: PredictionTrace, context: Context): Result => ({
  data: found,
  text: () => {
    const { prediction, trace } = found
    const { id, at, state, version, file } = prediction
    const head = branch(
      `prediction ${id}`,
      `answered by ${answererText(prediction)}${at ? ` at ${at}` : ''}`,
      `with ${version.model} ${version.number}, digest ${version.digest}`,
      `in ${file.id ? `part ${file.id}` : 'a file of the batch'}, digest ${file.digest}`,
      state === 'erased' ? 'erased: the key of its subject was destroyed' : null,
    )
    return `${treeText(head)}\n${traceText(trace, context)}`
  },
})
