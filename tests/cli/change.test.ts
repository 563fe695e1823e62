import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Change } from '@airlock-ml/contract'
import { beforeAll, expect, test } from 'vitest'
import { jsonOf } from './airlock.ts'
import { production, sharedProject } from './project.ts'

/** Each test runs a dozen commands, each a process of its own. */
const TIMEOUT_MS = 120_000
const there = ['--workspace', production]
const policy = 'governance/policies/production.yaml'
const project = sharedProject()
const { airlock } = project

beforeAll(async () => {
  await jsonOf(airlock, 'user', 'create', 'eve', '--role', 'platform-admin:*', ...there)
  await jsonOf(airlock, 'api-key', 'create', 'eve', '--store', ...there)
  for (const name of ['eve', 'ada']) await jsonOf(airlock, 'login', production, '--as', name)
}, TIMEOUT_MS)

const asked = async (...args: string[]): Promise<Change> => {
  const { code, stdout, stderr } = await airlock(...args, '--json', ...there)
  expect([code, stderr]).toEqual([3, ''])
  return JSON.parse(stdout).change
}

test(
  'what loosens waits, is shown, approved by a second admin and applied; each says what comes next',
  async () => {
    const file = join(project.dir, policy)
    await writeFile(file, (await readFile(file, 'utf8')).replace('required: 1', 'required: 0'))
    const first = await airlock('policy', 'apply', policy, ...there)
    const change = await asked('policy', 'apply', policy)
    expect(change).toMatchObject({ subject: 'policy production', requestedBy: 'ada', mayDecide: ['eve'] })
    expect(first.code).toBe(3)
    expect(first.stdout).toContain(`airlock change approve ${change.id} --as eve --workspace ${production}`)
    expect((await airlock('change', 'show', change.id, ...there)).stdout).toContain('approvals.required: 1 → 0')

    const own = await airlock('change', 'approve', change.id, '--yes', ...there)
    expect([own.code, own.stderr]).toEqual([1, expect.stringContaining('change_by_requester')])
    for (let i = 0; i < 2; i++) {
      const applied = await jsonOf(airlock, 'change', 'approve', change.id, '--yes', '--as', 'eve', ...there)
      expect(applied).toMatchObject({ state: 'applied', decision: { by: 'eve' } })
    }
    expect(await jsonOf(airlock, 'policy', 'show', 'production', ...there)).toMatchObject({
      appliedBy: 'ada',
      spec: { approvals: { required: 0 } },
    })
  },
  TIMEOUT_MS,
)

test(
  'whoever asked withdraws it, also twice',
  async () => {
    const { id } = await asked('user', 'create', 'mal', '--role', 'approver')
    for (let i = 0; i < 2; i++)
      expect(await jsonOf(airlock, 'change', 'reject', id, '--reason', 'a mistake', ...there)).toMatchObject({
        state: 'rejected',
      })
    expect(await jsonOf(airlock, 'change', 'list', '--state', 'pending', ...there)).toMatchObject({ items: [] })
  },
  TIMEOUT_MS,
)

test(
  'with one admin left who can sign, the machine of the files makes another, which is shown from then on',
  async () => {
    const recover = ['workspace', 'recover-admin', 'zoe', '--reason', 'Ada has left.', ...there]
    const early = await airlock(...recover)
    expect([early.code, early.stderr]).toEqual([1, expect.stringContaining('recovery_refused')])
    const disabled = await airlock('user', 'disable', 'ada', '--as', 'eve', ...there)
    expect(disabled.stderr).toContain('warning: Four eyes are in force and eve is the only admin left who can sign')
    expect(await jsonOf(airlock, ...recover)).toMatchObject({ admin: 'zoe', workspace: production })
    const { id } = await asked('user', 'create', 'uma', '--role', 'approver', '--as', 'eve')
    const applied = await jsonOf(airlock, 'change', 'approve', id, '--yes', '--as', 'zoe', ...there)
    expect(applied).toMatchObject({ state: 'applied', decision: { by: 'zoe' } })
    const shown = await airlock('workspace', 'show', production)
    expect(shown.stdout).toMatch(/recovered by host +an admin, without a second person, at /)
    await airlock('audit', 'checkpoint', '--as', 'zoe', ...there)
    const verified = await airlock('audit', 'verify', '--as', 'zoe', ...there)
    expect(verified.stdout).toMatch(/the owner of the files made zoe an admin, alone, at .*: Ada has left\./)
  },
  TIMEOUT_MS,
)
