// Answers predictions in a process of its own: the service, or the bare loop beside it. The parent sends what to do and
// gets the address back; the process ends when the parent lets go.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DeploymentSettings, type ServedVersion } from '@airlock-ml/contract'
import { type Pipeline, planServing } from '@airlock-ml/sdk'
import { loadVersion, type Service, startService } from '@airlock-ml/serving'
import { startBareService } from './bare-service.ts'
import type { ServiceTask } from './service-process.ts'

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const TEMPLATE = join(import.meta.dirname, '../template/src/pipelines/realtime-inference.ts')

async function startOurs({ onnx, port, sharesPort, keySha256, version }: ServiceTask): Promise<Service> {
  const { default: pipeline } = (await import(TEMPLATE)) as { default: Pipeline }
  const plan = planServing(pipeline, {
    ...{ params: {}, environment: 'production', project: 'bench', deploymentId: 'bench', log: silent },
  })
  const settings = DeploymentSettings.parse({ port })
  const keys = [{ id: 'k', name: 'bench', sha256: keySha256, expiresAt: null }]
  const target = { name: 'bench', settings, keys }
  const service = await startService({ plan, target, observers: [], log: silent, sharesPort })
  const bytes = await readFile(onnx)
  const loaded = await loadVersion(plan, { version: version as ServedVersion, bytesOf: async () => bytes })
  await service.change({ champion: loaded, whyNobody: null, canary: null })
  return service
}

if (import.meta.main) {
  process.once('message', async (task: ServiceTask) => {
    const { url } = task.is === 'bare' ? await startBareService(task) : await startOurs(task)
    process.on('message', () => process.send?.(process.cpuUsage()))
    process.send?.({ url })
  })
  process.once('disconnect', () => process.exit())
}
