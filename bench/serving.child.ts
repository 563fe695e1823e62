// Answers predictions in a process of its own: the service, or the bare loop beside it. The parent sends what to do and
// gets the address back; the process ends when the parent lets go.
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient } from '@airlock-ml/client'
import { DeploymentSettings } from '@airlock-ml/contract'
import { type Pipeline, planServing } from '@airlock-ml/sdk'
import {
  type Contact,
  type LoadedVersion,
  loadVersion,
  openModelChecks,
  openPredictionLog,
  openShadow,
  type PredictionLog,
  type Service,
  type Shadow,
  startService,
} from '@airlock-ml/serving'
import { startBareService } from './bare-service.ts'
import type { ServiceTask, Swapped } from './service-process.ts'

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const TEMPLATE = join(import.meta.dirname, '../template')
const code = {
  ...{ dir: TEMPLATE, pipelines: 'src/pipelines', pipeline: 'realtime-inference', params: {} },
  ...{ environment: 'production' as const, project: 'bench', deploymentId: 'bench' },
}
let shadow: Shadow | undefined
let predictions: PredictionLog | undefined
let swap: (() => Promise<Swapped>) | undefined

/** A workspace that takes each part of the log at once, and forgets it. */
function desk(): Contact {
  const take: typeof fetch = async (_url, request) => {
    const isPart = request?.method === 'POST'
    const said = isPart ? (JSON.parse(String(request.body)) as object) : { digest: '', sizeBytes: 0 }
    return Response.json(said, { status: isPart ? 201 : 200 })
  }
  const client = createClient({ baseUrl: 'http://workspace', apiKey: 'k', fetch: take })
  return (talk) => talk(client)
}

async function startOurs({ onnx, port, sharesPort, keySha256, version, ...task }: ServiceTask): Promise<Service> {
  const { default: pipeline } = (await import(join(TEMPLATE, 'src/pipelines/realtime-inference.ts'))) as {
    default: Pipeline
  }
  const plan = planServing(pipeline, { ...code, log: silent })
  const settings = DeploymentSettings.parse({ port })
  const keys = [{ id: 'k', name: 'bench', sha256: keySha256, expiresAt: null }]
  const target = { name: 'bench', settings, keys }
  if (task.shadow) {
    shadow = openShadow({ code, observers: [], log: silent })
    shadow.set({ version: { ...version, number: 2 }, artifacts: { model: await readFile(task.shadow) } })
  }
  if (task.logDir) {
    const inputsKey = randomBytes(32)
    const opened = { dir: task.logDir, project: 'bench', deployment: 'bench', inputsKey, contact: desk(), log: silent }
    predictions = await openPredictionLog({ ...opened, settings: () => settings.log })
  }
  const observers = [shadow, predictions].filter((each) => each !== undefined)
  const service = await startService({ plan, target, observers, log: silent, sharesPort })
  const load = async (of: Pick<ServiceTask, 'onnx' | 'version'>) => {
    const bytes = await readFile(of.onnx)
    return await loadVersion(plan, { version: of.version, bytesOf: async () => bytes, namesOf: openModelChecks() })
  }
  const line = (champion: LoadedVersion) => ({ champion, whyNobody: null, canary: null })
  await service.change(line(await load({ onnx, version })))
  const turns = [{ onnx, version }, task.next ?? { onnx, version }]
  let turn = 0
  swap = async () => {
    const old = turns[turn % 2]!.version.number
    const heardAtMs = Date.now()
    const loaded = await load(turns[++turn % 2]!)
    const before = service.counters.predictionsOf(old)
    const swapped = service.change(line(loaded))
    const swappedAtMs = Date.now()
    const lastOldAnswerAtMs = (await swapped)!.getTime()
    return { heardAtMs, swappedAtMs, lastOldAnswerAtMs, oldAnswers: service.counters.predictionsOf(old) - before }
  }
  return service
}

if (import.meta.main) {
  process.once('message', async (task: ServiceTask) => {
    const { url } = task.is === 'bare' ? await startBareService(task) : await startOurs(task)
    process.on('message', async (about: 'cpu' | 'shadow' | 'log' | 'swap') => {
      const told = {
        cpu: process.cpuUsage,
        shadow: () => shadow?.state().counts,
        log: () => predictions?.counts(),
        swap: () => swap?.(),
      }
      process.send?.(await told[about]())
    })
    process.send?.({ url })
  })
  process.once('disconnect', async () => {
    await Promise.all([shadow?.close(), predictions?.close()])
    process.exit()
  })
}
