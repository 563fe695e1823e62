import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { allItems, type Client, createClient } from '@airlock-ml/client'
import type {
  AuditEvent,
  ModelVersion,
  Policy,
  Promotion,
  Recall,
  RunSummary,
  StageChange,
  WorkspaceCheck,
} from '@airlock-ml/contract'
import { openWorkspace } from '@airlock-ml/server'
import { model } from './faulty-project.ts'

const project = 'cancer-detection'

/** All that a workspace says about itself. */
export type Account = {
  check: WorkspaceCheck
  runs: RunSummary[]
  versions: ModelVersion[]
  history: StageChange[]
  promotions: Promotion[]
  events: AuditEvent[]
  recalls: Recall[]
  policies: Policy[]
}

/** Opens a workspace of a project in this process, as the admin, and closes it. */
export async function inside<T>(dir: string, workspace: string, work: (client: Client) => Promise<T>): Promise<T> {
  const state = join(dir, '.airlock')
  const credentials = JSON.parse(await readFile(join(state, 'credentials.json'), 'utf8')) as {
    [workspace: string]: { keys: { [identity: string]: string } }
  }
  const opened = await openWorkspace({ dir: join(state, workspace), exchange: join(state, 'exchange') })
  try {
    const apiKey = credentials[workspace]?.keys.ada ?? ''
    return await work(createClient({ baseUrl: 'http://embedded', apiKey, fetch: opened.fetch }))
  } finally {
    await opened.close()
  }
}

/** Reads everything. */
export const accountOf = (dir: string, workspace: string): Promise<Account> =>
  inside(dir, workspace, async (client) => {
    // First: it marks runs whose process died as `lost`.
    const check = await client.checkWorkspace({})
    const models = await all(allItems(client.listModels, { project }))
    const isThere = models.some(({ name }) => name === model)
    return {
      check,
      runs: await all(allItems(client.listRuns, { project })),
      versions: isThere ? await all(allItems(client.listModelVersions, { project, model })) : [],
      history: isThere ? await all(allItems(client.listStageChanges, { project, model })) : [],
      promotions: await all(allItems(client.listPromotions, { project })),
      events: await all(allItems(client.listAuditEvents, {})),
      recalls: await all(allItems(client.listRecalls, { project })),
      policies: await all(allItems(client.listPolicies, { project })),
    }
  })

/**
 * What does not fit together in a workspace, as sentences; empty when it is sound. Written apart from the workspace's
 * own check, from what its users can read, so that one watches the other.
 */
export function faultsOf(account: Account): string[] {
  const { check, runs, versions, history, promotions, events, recalls, policies } = account
  const faults = check.consistent
    ? []
    : check.findings.map(({ kind, subject, detail }) => `${kind} ${subject}: ${detail}`)
  const demand = (holds: boolean, fault: string) => void (holds || faults.push(fault))
  const eventsOf = (type: string, id: string) => events.filter((each) => each.type === type && each.subject.id === id)

  demand(isCount(events.map(({ sequence }) => sequence)), 'the events are not numbered 1 to n')
  demand(isCount(versions.map(({ number }) => number)), 'the versions are not numbered 1 to n')
  for (const { number } of versions) {
    const registered = eventsOf('model-version.registered', `${model}/${number}`).length
    demand(registered === 1, `version ${number} was registered ${registered} times`)
  }
  for (const stage of ['staging', 'production']) {
    const holders = versions.filter((version) => version.stage === stage)
    const last = history.filter((change) => change.stage === stage)[0]
    demand(holders.length <= 1, `${holders.length} versions hold ${stage}`)
    demand(holders[0]?.number === last?.number, `${stage} is held by ${holders[0]?.number}, by history ${last?.number}`)
  }
  const stageEvents = events.filter(({ type }) => type.startsWith('stage.')).length
  demand(stageEvents === history.length, `${history.length} changes of stage have ${stageEvents} events`)
  for (const { id, status, model: acted } of runs) {
    const ended = eventsOf(`run.${status}`, id).length
    demand(status === 'running' || ended === 1, `run ${id} is ${status} and has ${ended} such events`)
    const made = versions.filter(({ source }) => source.runId === id).length
    const shouldMake = acted?.action === 'trains' && status === 'completed' ? 1 : 0
    demand(made === shouldMake, `run ${id} is ${status} and made ${made} versions`)
  }
  for (const { id, state, runId } of promotions) {
    const isDone = state === 'completed'
    const completed = eventsOf('promotion.completed', id).length
    const imported = history.filter(({ act, promotionId }) => act === 'import' && promotionId === id).length
    const made = versions.filter(({ source }) => source.promotionId === id).length
    const counts = `${completed} events, ${imported} changes of stage and ${made} versions`
    demand(
      [completed, imported, made].every((n) => n === (isDone ? 1 : 0)),
      `promotion ${id} is ${state} with ${counts}`,
    )
    const run = runs.find((each) => each.id === runId)
    demand(!isDone || run?.status === 'completed', `promotion ${id} is completed and its run ${run?.status}`)
  }
  for (const { id, lifted } of recalls) {
    const begun = eventsOf('recall.issued', id).length + eventsOf('recall.received', id).length
    const ended = eventsOf('recall.lifted', id).length + eventsOf('recall.lift-received', id).length
    demand(begun === 1, `recall ${id} has ${begun} events of its beginning`)
    demand(ended === (lifted ? 1 : 0), `recall ${id} is ${lifted ? 'lifted' : 'standing'} and has ${ended} such events`)
  }
  const count = (type: string) => events.filter((event) => event.type === type).length
  demand(count('policy.applied') === policies.length, `${policies.length} policies, ${count('policy.applied')} events`)
  const received = events.filter(({ type }) => type === 'promotion.receipt-received')
  const receipts = new Set(received.map(({ after }) => (after as { promotionId: string }).promotionId))
  demand(receipts.size === received.length, 'a receipt was received twice')
  return faults
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const read: Item[] = []
  for await (const item of items) read.push(item)
  return read
}

const isCount = (numbers: readonly number[]): boolean =>
  numbers.toSorted((a, b) => a - b).every((number, index) => number === index + 1)
