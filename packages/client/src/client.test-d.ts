import type { Model, Page, Run } from '@airlock-ml/contract'
import { allItems, createClient } from './index.ts'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const isTrue = <T extends true>(_: T | undefined) => {}

const client = createClient({ baseUrl: 'http://127.0.0.1:1' })

export async function answersAreTyped() {
  const run = await client.showRun({ project: 'p', runId: 'r' })
  isTrue<Same<typeof run, Run>>(true)
  const models = await client.listModels({ project: 'p' })
  isTrue<Same<typeof models.items, Page<Model>['items']>>(true)
  const bytes = await client.getBlob({ project: 'p', sha256: 's' })
  isTrue<Same<typeof bytes, ReadableStream<Uint8Array>>>(true)
  await client.showWorkspace()
  for await (const model of allItems(client.listModels, { project: 'p', limit: 5 })) {
    isTrue<Same<typeof model, Model>>(true)
  }
}

export async function inputsAreChecked() {
  // @ts-expect-error the run is missing
  await client.showRun({ project: 'p' })
  // @ts-expect-error no such parameter
  await client.showRun({ project: 'p', runId: 'r', step: 's' })
  // @ts-expect-error no such route
  await client.showNothing()
  // @ts-expect-error the lease is part of the body
  await client.heartbeatRun({ project: 'p', runId: 'r', body: {} })
  // @ts-expect-error bytes, not text
  await client.putBlob({ project: 'p', sha256: 's', body: 'text' })
  // @ts-expect-error a stage that nobody can hold
  await client.startRun({ project: 'p', body: { snapshotId: 'i', version: { stage: 'gold' } } })
  // @ts-expect-error a single thing has no pages
  allItems(client.showModel, { project: 'p', model: 'm' })
}
