import { type ErrorCode, errors, Problem } from '@airlock-ml/contract'
import { z } from 'zod'
import { READ } from './demand-json.ts'
import type { LoadedVersion } from './loaded-version.ts'
import { MOST_TEXT } from './read-ask.ts'
import { MAX_FLOAT32 } from './read-row.ts'
import type { Serving } from './serving.ts'

type Schema = Record<string, unknown>
export type Signature = Pick<LoadedVersion, 'featureNames' | 'classLabels' | 'version' | 'example'>

/** What any request can be answered with instead. */
const UNREADABLE: readonly ErrorCode[] = ['request_invalid', 'request_too_slow', 'headers_too_large']

/** What a question can be answered with instead. */
const REFUSALS: readonly ErrorCode[] = [
  ...UNREADABLE,
  ...(['service_key_refused', 'ask_too_large', 'media_type_unsupported'] as const),
  ...(['row_invalid', 'too_many_rows', 'service_busy', 'service_rate_limited'] as const),
  ...(['answer_failed', 'nobody_serves', 'service_draining', 'prediction_not_recorded', 'answer_too_slow'] as const),
]

/**
 * The OpenAPI 3.1 document of a service: what the model takes, what the pipeline answers, and within which limits. It
 * changes when another version with other features answers, or the settings do.
 */
export function openapi(
  { plan, target, settings }: Pick<Serving, 'plan' | 'target' | 'settings'>,
  of: Signature,
): Schema {
  const { requiresKey, limits } = settings()
  const { version } = of
  const rows = { type: 'array', minItems: 1, maxItems: limits.rowsPerRequest, items: ref('Row') }
  const whose = {
    key: { ...text, description: 'What a canary shares requests by: the same key goes the same way.' },
    subject: { ...text, description: 'Whom it is about, so that it can be erased.' },
  }
  const oneOrMany = (name: string) => [
    closed({ [name]: ref('Row'), ...whose }, [name]),
    closed({ [name]: rows, ...whose }, [name]),
  ]
  return {
    openapi: '3.1.0',
    info: {
      title: target.name,
      version: String(version.number),
      description: `Answers with the model ${version.model}, by the pipeline ${plan.pipeline}.`,
      'x-airlock': {
        ...versionOf(of),
        sourceWorkspace: version.sourceWorkspace,
        pipeline: plan.pipeline,
        classes: of.classLabels,
      },
    },
    servers: [{ url: '/' }],
    paths: {
      '/v1/predict': {
        post: asking({
          ...{ operationId: 'predict', summary: 'Ask about one row or many.' },
          ...{
            schema: { oneOf: [closed({ row: ref('Row'), ...whose }, ['row']), closed({ rows, ...whose }, ['rows'])] },
          },
          ...{ example: { row: of.example }, requiresKey },
        }),
      },
      '/invoke': {
        post: asking({
          ...{ operationId: 'invoke', summary: 'Ask about one row or many, by the name of the pipeline’s parameter.' },
          schema: closed({ parameters: { oneOf: oneOrMany(plan.parameter) } }, ['parameters']),
          ...{ example: { parameters: { [plan.parameter]: of.example } }, requiresKey },
        }),
      },
      '/healthz': {
        get: page('health', 'Whether the process answers.', json(closed({ status: { const: 'ok' } }, ['status']))),
      },
      '/readyz': {
        get: page(
          ...(['readiness', 'Whether a version answers.'] as const),
          json(
            closed({ status: { const: 'ready' }, model: { type: 'string' }, version: whole }, [
              'status',
              'model',
              'version',
            ]),
          ),
          ['nobody_serves', 'service_draining'],
        ),
      },
      '/metrics': {
        get: page('metrics', 'Counters for Prometheus.', { 'text/plain': { schema: { type: 'string' } } }),
      },
      '/openapi.json': { get: page('openapi', 'This document.', json({ type: 'object' }), ['nobody_serves']) },
      '/': { get: page('page', 'A page to try it on.', { 'text/html': { schema: { type: 'string' } } }) },
    },
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'A key of the deployment.' } },
      schemas: {
        Row: rowSchema(of),
        ...answerSchemas(plan.answerSchema),
        Model: closed(
          {
            name: { type: 'string' },
            version: whole,
            sourceVersion: whole,
            digest: { type: 'string', pattern: '^[0-9a-f]{64}$' },
          },
          ['name', 'version', 'sourceVersion', 'digest'],
        ),
        Problem: problemSchema(),
      },
    },
  }
}

const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })
const text: Schema = { type: ['string', 'null'], minLength: 1, maxLength: MOST_TEXT }
const whole: Schema = { type: 'integer', minimum: 1 }
const json = (schema: Schema, example?: Schema): Schema => ({
  'application/json': { schema, ...(example && { example }) },
})
const closed = (properties: Schema, required: readonly string[]): Schema => ({
  ...{ type: 'object', properties, required, additionalProperties: false },
})

export const versionOf = ({ version }: Pick<Signature, 'version'>): Schema => ({
  ...{ name: version.model, version: version.number, sourceVersion: version.sourceNumber, digest: version.digest },
})

function rowSchema({ featureNames, example }: Signature): Schema {
  const feature = { type: 'number', minimum: -MAX_FLOAT32, maximum: MAX_FLOAT32 }
  const properties = Object.fromEntries(featureNames.map((name) => [name, feature]))
  return {
    ...closed(properties, featureNames),
    description: 'Each feature of the model, as a number of 32 bits.',
    example,
  }
}

/** What the pipeline says of its answers, with what the service adds to each. */
function answerSchemas(said: Readonly<Schema> | null): Schema {
  const { properties = {}, required = [], additionalProperties = true, $defs: _, ...rest } = { ...said }
  const prediction = {
    ...rest,
    type: 'object',
    properties: { ...(properties as Schema), predictionId: { type: 'string', format: 'uuid' }, model: ref('Model') },
    required: [...new Set(['predictionId', 'model', ...(required as string[])])],
    additionalProperties,
  }
  const predictions = { type: 'array', minItems: 1, items: ref('Prediction') }
  return { Prediction: prediction, Predictions: closed({ predictions }, ['predictions']) }
}

type Asking = { operationId: string; summary: string; schema: Schema; example: Schema; requiresKey: boolean }

function asking({ operationId, summary, schema, example, requiresKey }: Asking): Schema {
  const answer = { oneOf: [ref('Prediction'), ref('Predictions')] }
  return {
    ...{ operationId, summary, security: requiresKey ? [{ key: [] }] : [{}, { key: [] }] },
    requestBody: { required: true, content: json(schema, example) },
    responses: {
      200: { description: 'The answer, one for each row.', headers: NAMED, content: json(answer) },
      ...problemsOf(REFUSALS),
    },
  }
}

function page(operationId: string, summary: string, content: Schema, refusals: readonly ErrorCode[] = []): Schema {
  return {
    operationId,
    summary,
    security: [],
    responses: {
      200: { description: summary, headers: NAMED, content },
      ...problemsOf([...UNREADABLE, ...refusals]),
    },
  }
}

const header = (description: string, schema: Schema): Schema => ({ description, required: true, schema })

const NAMED: Schema = {
  'X-Request-Id': header('By which the log knows the request; of an answer, the id of its first prediction.', {
    type: 'string',
    format: 'uuid',
  }),
}

/** What a refusal of that status says beside. */
const HEADERS: Readonly<Record<number, Schema>> = {
  415: {
    Accept: header('The kind of body that is read.', { const: READ.accept }),
    'Accept-Encoding': header('The content encoding that is read.', { const: READ['accept-encoding'] }),
  },
  429: { 'Retry-After': header('Seconds.', { type: 'integer', minimum: 1 }) },
}

/** Errors by status: two codes may share one. */
function problemsOf(codes: readonly ErrorCode[]): Schema {
  const byStatus = Map.groupBy(codes, (code) => errors[code].status)
  return Object.fromEntries(
    [...byStatus].map(([status, some]) => [
      String(status),
      {
        description: some.map((code) => `\`${code}\`: ${errors[code].title}.`).join(' '),
        headers: { ...NAMED, ...HEADERS[status] },
        content: { 'application/problem+json': { schema: ref('Problem') } },
      },
    ]),
  )
}

function problemSchema(): Schema {
  const { $defs } = z.toJSONSchema(z.array(Problem), { unrepresentable: 'any' })
  const { id: _, ...schema } = $defs!.Problem!
  // Which codes there are may grow, and what stands in the details is each code's own.
  const ours = { code: { type: 'string' }, details: { type: 'object' }, requestId: { type: 'string' } }
  return { ...schema, properties: { ...schema.properties, ...ours } }
}
