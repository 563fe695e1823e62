import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StackComponent } from '@airlock-ml/contract'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { assertComponents, checkComponent } from './check-components.ts'
import type { ObjectStore } from './object-store.ts'
import { openObjectStore } from './open-object-store.ts'

let dir: string
let artifacts: ObjectStore
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-components-'))
  await mkdir(join(dir, 'store'))
  artifacts = await openObjectStore(join(dir, 'store'), { create: true })
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const orchestrator = (flavor: string, config: StackComponent['config'] = {}): StackComponent => ({
  type: 'orchestrator',
  flavor,
  config,
})
const store: StackComponent = { type: 'artifact_store', flavor: 'local', config: {} }
const open = (component: StackComponent) => checkComponent(component, { artifacts, probe: 'p1' })

test('components that exist, with settings they take, are accepted', () => {
  assertComponents([orchestrator('local', { concurrency: 4 }), store])
})

test.each<[StackComponent[], string, string]>([
  [[orchestrator('locale')], 'flavor_unknown', 'Did you mean "local"? It has: local.'],
  [[orchestrator('vertx')], 'flavor_unknown', 'Did you mean "vertex"?'],
  [[orchestrator('constructor')], 'flavor_unknown', 'has no flavor `constructor`'],
  [[orchestrator('vertex')], 'flavor_not_built', 'is planned and not built yet. It has: local.'],
  [[{ type: 'alerter', flavor: 'slack', config: {} }], 'flavor_not_built', 'It has none yet; leave the component out.'],
  [[store, store], 'stack_invalid', 'artifact_store: is there twice'],
  [[orchestrator('local', { concurency: 4 })], 'stack_invalid', 'Did you mean "concurrency"?'],
  [[orchestrator('local', { concurrency: '4' })], 'stack_invalid', 'orchestrator.config.concurrency: Invalid input'],
  [[orchestrator('local', { concurrency: 0 })], 'stack_invalid', 'orchestrator.config.concurrency: Too small'],
  [[{ ...store, config: { bucket: 'x' } }], 'stack_invalid', 'has no setting `bucket`. It takes none.'],
])('%j is refused', (components, code, message) => {
  expect(() => assertComponents(components)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(message) }),
  )
})

test('an artifact store that works is written, read, and left as it was', async () => {
  expect(await open(store)).toMatchObject({ outcome: expect.stringMatching(/ok|warn/) })
  for await (const { key } of artifacts.list('')) expect.fail(`${key} was left behind`)
})

test('one whose folder is gone fails, with what to do', async () => {
  await rm(join(dir, 'store'), { recursive: true })
  expect(await open(store)).toMatchObject({ outcome: 'fail', remedy: expect.stringMatching(/./) })
})

test('a component that was stored before its flavor went away fails in words', async () => {
  expect(await open(orchestrator('vertex'))).toMatchObject({
    outcome: 'fail',
    message: expect.stringContaining('not built yet'),
  })
})
