import { expect, test } from 'vitest'
import { sharedWorkspaces } from '../../test/shared-workspaces.ts'
import { project, trainingSpec } from '../../test/two-workspaces.ts'

const { dev } = sharedWorkspaces()

test('lines are numbered as they come, keep their data, and are read by level and from where one left off', async () => {
  const snapshot = await dev.root('createSnapshot', { project, body: trainingSpec() })
  const { run, lease } = await dev.root('startRun', { project, body: { snapshotId: snapshot.id } })
  const held = { project, runId: run.id, step: 'train' }
  await dev.root('startStep', { ...held, body: { leaseToken: lease.token } })
  const line = (level: 'info' | 'warn' | 'debug', message: string, fields?: Record<string, number>) => ({
    at: '2026-01-01T00:00:00.000Z',
    level,
    message,
    ...(fields && { fields }),
  })
  const lines = [line('info', 'a', { rows: 569 }), line('warn', 'b'), line('debug', 'c')]
  await dev.root('appendLogs', { ...held, body: { leaseToken: lease.token, lines } })
  const read = async (query: { level?: 'warn' | 'info'; after?: number }) =>
    (await dev.root('listLogs', { project, runId: run.id, ...query })).items
  expect(await read({})).toEqual(lines.map((each, at) => ({ ...each, step: 'train', line: at + 1 })))
  expect((await read({ level: 'info' })).map(({ message }) => message)).toEqual(['a', 'b'])
  expect((await read({ after: 1 })).map(({ message }) => message)).toEqual(['b', 'c'])
})
