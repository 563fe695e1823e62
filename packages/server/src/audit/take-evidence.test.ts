import type { AuditEvent } from '@airlock-ml/contract'
import { beforeAll, expect, test } from 'vitest'
import { sharedWorkspaces } from '../../test/shared-workspaces.ts'
import { project, type TestWorkspace } from '../../test/two-workspaces.ts'
import { transact } from '../db/transact.ts'
import { openDeps } from '../open-deps.ts'
import { record, systemActor } from './record.ts'

const both = sharedWorkspaces()
let dev: TestWorkspace
beforeAll(async () => {
  dev = both.dev
})

const about = (...subjects: string[]) => dev.root('takeEvidence', { body: { project, subjects } })
const eventsOf = async (subject: string) => (await dev.root('listAuditEvents', { subject, limit: 200 })).items
const named = ({ after }: AuditEvent) => (after as { sequences: number[] }).sequences

/** An event as another slice would write it. */
async function happen(act: Partial<Parameters<typeof record>[2]>): Promise<number> {
  const deps = await openDeps({ dir: dev.dir, exchange: both.exchange })
  const whole = { type: 'model-version.registered', actor: systemActor('test'), requestId: null, project, ...act }
  try {
    return await transact(deps.db, (tx) =>
      record(tx, deps, { subject: { kind: 'model-version', id: 'm/1' }, ...whole }),
    )
  } finally {
    await deps.db.destroy()
  }
}

test('it names every event about its subjects, once, and again only when there are more', async () => {
  const first = await happen({})
  const taken = await about('m/1', 'k')
  expect(taken).toMatchObject({ type: 'evidence.taken', project, subject: { id: 'm/1' }, actor: { name: 'root' } })
  expect(taken.after).toEqual({ subjects: ['m/1', 'k'], sequences: [first] })
  expect(await about('m/1', 'k')).toEqual(taken)
  const second = await happen({ type: 'model-version.rejected' })
  const later = await about('m/1', 'k')
  expect([named(later), later.sequence > taken.sequence]).toEqual([[first, second], true])
  expect((await eventsOf('m/1')).map(({ type }) => type).sort()).toEqual([
    'evidence.taken',
    'evidence.taken',
    'model-version.registered',
    'model-version.rejected',
  ])
})

test('events of another project with the same id are none of it, events of the whole workspace are', async () => {
  await happen({ project: 'elsewhere', subject: { kind: 'model-version', id: 'm/2' } })
  const key = await happen({ project: null, type: 'trust.added', subject: { kind: 'trusted-key', id: 'a'.repeat(64) } })
  const own = await happen({ subject: { kind: 'model-version', id: 'm/2' } })
  expect(named(await about('m/2', 'a'.repeat(64)))).toEqual([key, own])
})

test('evidence that leaves an event out, or makes one up, is named by the check of the workspace', async () => {
  const [first, second] = [
    await happen({ subject: { kind: 'run', id: 'r' } }),
    await happen({ subject: { kind: 'run', id: 'r' } }),
  ]
  await about('r')
  expect((await dev.root('checkWorkspace', {})).findings).toEqual([])
  const lie = (sequences: number[]) =>
    happen({ type: 'evidence.taken', subject: { kind: 'evidence', id: 'r' }, after: { subjects: ['r'], sequences } })
  const lies = [await lie([first]), await lie([first, second, 1])]
  const { consistent, findings } = await dev.root('checkWorkspace', {})
  expect(consistent).toBe(false)
  expect(findings).toEqual([
    {
      kind: 'log_inconsistent',
      subject: String(lies[0]),
      detail: `The events about r are others than it says: ${second}.`,
    },
    { kind: 'log_inconsistent', subject: String(lies[1]), detail: 'The events about r are others than it says: 1.' },
  ])
})
