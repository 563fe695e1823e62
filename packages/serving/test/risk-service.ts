import { hash } from 'node:crypto'
import { DeploymentSettings, type ServedVersion } from '@airlock-ml/contract'
import { json, type Pipeline, pipeline, planServing, type ServingPlan, servedModel, step, table } from '@airlock-ml/sdk'
import {
  exportOnnx,
  featureMatrix,
  float32Column,
  LogisticRegression,
  RandomForest,
  StandardScaler,
  Table,
} from '@airlock-ml/tabular'
import { z } from 'zod'
import { type LoadedVersion, loadVersion } from '../src/answer/loaded-version.ts'
import type { ServiceOptions } from '../src/answer/serving.ts'
import { type Service, startService } from '../src/answer/start-service.ts'

export const SECRET = 'secret'
export const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

const Answer = z.object({ label: z.enum(['no', 'yes']), yes: z.number() })
const answerRows = step({
  name: 'answer_rows',
  inputs: { model: servedModel(), requests: table() },
  outputs: { answers: json(z.array(Answer)) },
  run: async ({ inputs: { model, requests } }) => {
    const { labels, probabilities } = await model.predictTable(requests)
    return {
      answers: labels.map((label, row) => ({ label: label as 'no' | 'yes', yes: probabilities[row * 2 + 1]! })),
    }
  },
})

/** A pipeline that says yes or no about `a` and `b`. */
export const answering = pipeline({
  name: 'answering',
  serves: { model: 'risk', parameter: 'patient' },
  build: ({ requests, model }) => answerRows({ inputs: { requests, model: model.model } }),
})

export const planOf = (served: Pipeline): ServingPlan =>
  planServing(served, { params: {}, environment: 'production', project: 'p', deploymentId: 'd', log: silent })

export type RiskModel = {
  /** What it says where `a` and `b` are 0 0, 0 1, 1 0, 1 1. */
  yes?: readonly number[]
  /** `line`: a logistic regression, which has no answer where two of its products are infinite. */
  kind?: 'forest' | 'line'
  plan?: ServingPlan
  firstAnswerMs?: number
}

/** Says yes where `a` is one, unless told otherwise. */
export async function loadRisk(
  number: number,
  { yes = [0, 0, 1, 1], kind = 'forest', plan = planOf(answering), firstAnswerMs }: RiskModel = {},
): Promise<LoadedVersion> {
  const rows = new Table([float32Column('a', [0, 0, 1, 1]), float32Column('b', [0, 1, 0, 1])])
  const features = featureMatrix(rows, ['a', 'b'])
  const scaler = StandardScaler.fit(features)
  const scaled = scaler.transform(features)
  const classifier =
    kind === 'forest'
      ? RandomForest.train(scaled, yes, { seed: 1, trees: 5 })
      : await LogisticRegression.train(scaled, yes)
  const onnx = exportOnnx({ scaler, classifier, featureNames: ['a', 'b'], classLabels: ['no', 'yes'] })
  const version: ServedVersion = {
    ...{ id: `01a20da1-0000-7000-8000-${String(number).padStart(12, '0')}`, model: 'risk', number },
    ...{ sourceWorkspace: 'dev', sourceNumber: number + 4, digest: hash('sha256', onnx), artifacts: {} },
  }
  return await loadVersion(plan, { version, bytesOf: async () => onnx, firstAnswerMs })
}

type RiskService = Partial<ServiceOptions> & { settings?: object; champion?: LoadedVersion | null }

export const riskKeys = [{ id: 'k', name: 'app', sha256: hash('sha256', SECRET), expiresAt: null as string | null }]

/** A service with one key, and version 3 unless told otherwise. */
export async function startRiskService({ settings, champion, ...options }: RiskService = {}): Promise<Service> {
  const plan = options.plan ?? planOf(answering)
  const target = { name: 'risk-api', settings: DeploymentSettings.parse(settings ?? {}), keys: riskKeys }
  const service = await startService({ target, observers: [], log: silent, ...options, plan })
  const loaded = champion === undefined ? await loadRisk(3) : champion
  await service.change({ champion: loaded, whyNobody: loaded ? null : 'Nobody holds the stage.', canary: null })
  return service
}

export type Said = { status: number; headers: Headers; body: Record<string, unknown> }

/** Asks with the key of the service; text is sent as it is. */
export async function ask(
  { url }: Pick<Service, 'url'>,
  body: unknown,
  { path = '/v1/predict', headers = {} }: { path?: string; headers?: Record<string, string> } = {},
): Promise<Said> {
  const answer = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
  })
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> }
}
