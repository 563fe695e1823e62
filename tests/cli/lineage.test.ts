import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { ModelVersionWithDestinations, Promotion, ReceiptSync, Trace } from '@airlock-ml/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { jsonOf, type Run } from './airlock.ts'
import { addApprover, dev, initialisedProject, model, production } from './project.ts'

let project: Awaited<ReturnType<typeof initialisedProject>>
let airlock: Run
let promotion: Promotion
const ofProduction = ['--workspace', production]
beforeAll(async () => {
  project = await initialisedProject()
  airlock = project.airlock
  await addApprover(airlock)
  await airlock('run', 'training', '--environment', 'staging')
  await airlock('model', 'promote', model, '--to-stage', 'staging')
  const between = ['--model', model, '--source-workspace', dev, '--dest-workspace', production]
  const asked = await airlock('promote', ...between, '--json')
  const { id } = JSON.parse(asked.stdout) as Promotion
  promotion = await jsonOf<Promotion>(airlock, 'promotion', 'approve', id, '--as', 'ben', '--yes', ...ofProduction)
})
afterAll(() => project.remove())

test('trace walks from production to data and steps with the other workspace offline, as a tree and as JSON', async () => {
  const home = join(project.dir, '.airlock', dev)
  await rename(home, `${home}.away`)
  await rename(join(project.dir, '.airlock/exchange'), join(project.dir, '.airlock/exchange.away'))
  const { code, stdout, stderr } = await airlock('trace', `${model}/1`, ...ofProduction)
  expect([code, stderr]).toEqual([0, ''])
  for (const line of [
    new RegExp(`^${model} 1 of ${production}, production$`, 'm'),
    /^ {2}policy production version 1, digest [0-9a-f]{64}$/m,
    /^ {4}approved by ben at /m,
    new RegExp(`^ {2}bundle ${promotion.bundle.digest}$`, 'm'),
    new RegExp(`^ {4}version 1 of ${dev}$`, 'm'),
    new RegExp(`^ {2}training run [0-9a-f-]{36} in ${dev}$`, 'm'),
    /^ {4}commit not in git/m,
    /^ {4}step train_model$/m,
    /^ {6}reads \w+ [0-9a-f]{64}, from make_rows\.\w+$/m,
    /^ {2}data\n {4}make_rows\.\w+ [0-9a-f]{64}$/m,
  ])
    expect(stdout).toMatch(line)
  const traced = await jsonOf<Trace>(airlock, 'trace', promotion.bundle.digest, ...ofProduction)
  expect(traced).toMatchObject({ ref: { kind: 'bundle' }, training: { workspace: dev } })
  await rename(`${home}.away`, home)
  await rename(join(project.dir, '.airlock/exchange.away'), join(project.dir, '.airlock/exchange'))
})

test('trace of what is not known ends with 1 and says what can be given', async () => {
  const { code, stderr } = await airlock('trace', '../../etc/passwd', ...ofProduction)
  expect(code).toBe(1)
  expect(stderr).toContain('trace_ref_not_found')
  expect(stderr).toContain('MODEL/NUMBER')
})

test('the source says where its version lives, once it has the receipt', async () => {
  const { received } = await jsonOf<ReceiptSync>(airlock, 'promotion', 'sync', '--workspace', dev)
  expect(received).toMatchObject([{ workspace: production, model, version: 1, number: 1, stage: 'production' }])
  const show = ['model', 'version', 'show', model, '1', '--workspace', dev]
  const { destinations } = await jsonOf<ModelVersionWithDestinations>(airlock, ...show)
  expect(destinations).toMatchObject([{ workspace: production, promotionId: promotion.id }])
  expect((await airlock(...show)).stdout).toContain(`${production} as version 1, entered production at `)
  expect((await airlock('promotion', 'sync', '--workspace', dev)).stdout).toBe('nothing new\n')
})
