// Answers predictions in a process of its own: the service, or the bare loop beside it. The parent sends what to do and
// gets the address back; the process ends when the parent lets go.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DeploymentSettings, type ServedVersion } from '@airlock-ml/contract'
import { type Pipeline, planServing } from '@airlock-ml/sdk'
import { loadVersion, openShadow, type Service, type Shadow, startService } from '@airlock-ml/serving'
import { startBareService } from './bare-service.ts'
import type { ServiceTask } from './service-process.ts'

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const TEMPLATE = join(import.meta.dirname, '../template')
const code = {
  ...{ dir: TEMPLATE, pipelines: 'src/pipelines', pipeline: 'realtime-inference', params: {} },
  ...{ environment: 'production' as const, project: 'bench', deploymentId: 'bench' },
}
let shadow: Shadow | undefined

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
  const service = await startService({ plan, target, observers: shadow ? [shadow] : [], log: silent, sharesPort })
  const bytes = await readFile(onnx)
  const loaded = await loadVersion(plan, { version: version as ServedVersion, bytesOf: async () => bytes })
  await service.change({ champion: loaded, whyNobody: null, canary: null })
  return service
}

if (import.meta.main) {
  process.once('message', async (task: ServiceTask) => {
    const { url } = task.is === 'bare' ? await startBareService(task) : await startOurs(task)
    process.on('message', (about) => process.send?.(about === 'cpu' ? process.cpuUsage() : shadow?.state().counts))
    process.send?.({ url })
  })
  process.once('disconnect', async () => {
    await shadow?.close()
    process.exit()
  })
}
