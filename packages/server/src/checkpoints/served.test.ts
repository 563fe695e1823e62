import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { freshWorkspaces } from '../../test/shared-workspaces.ts'
import type { TwoWorkspaces } from '../../test/two-workspaces.ts'
import { silentLog } from '../log.ts'
import { type ServedWorkspace, serveWorkspace } from '../serve-workspace.ts'

const PATIENCE_MS = 30_000

const both = freshWorkspaces()
let served: ServedWorkspace[]

beforeEach(async () => {
  for (const [reader, of] of [
    [both.dev, both.production],
    [both.production, both.dev],
  ] as const) {
    const { name, publicKey } = await of.root('showWorkspace', {})
    await reader.root('addTrustedKey', { body: { workspace: name, publicKey, purposes: ['witness'] } })
  }
  served = await Promise.all(
    [both.dev, both.production].map(({ dir }) => serveWorkspace({ dir, exchange: both.exchange, log: silentLog })),
  )
})
afterEach(async () => {
  await Promise.all(served.map(({ close }) => close()))
})

test('served workspaces sign, publish and countersign by themselves', { timeout: 2 * PATIENCE_MS }, async () => {
  const witnessesOf = async ({ root }: TwoWorkspaces['dev']) =>
    (await root('listCheckpoints', {})).items.flatMap(({ witnesses }) => witnesses.map(({ workspace }) => workspace))
  const until = performance.now() + PATIENCE_MS
  while (performance.now() < until) {
    const seen = [await witnessesOf(both.dev), await witnessesOf(both.production)]
    if (seen.every((names) => names.length > 0)) break
    await sleep(200)
  }
  expect(await witnessesOf(both.dev)).toEqual(['enterprise-production'])
  expect(await witnessesOf(both.production)).toEqual(['enterprise-dev-staging'])
})
