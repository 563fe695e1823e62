import type { Client } from '@airlock-ml/client'
import type { Promotion, PromotionState } from '@airlock-ml/contract'
import { expect, test } from 'vitest'
import type { OpenWorkspace } from '../workspace/open.ts'
import { settle } from './settle.ts'

/** A workspace whose promotion goes through these states, one each time it is looked at. */
function workspaceGoing(states: PromotionState[], advance: OpenWorkspace['advance'] = null): OpenWorkspace {
  const client: Pick<Client, 'showPromotion'> = {
    showPromotion: async () => ({ state: states.length > 1 ? states.shift() : states[0] }) as Promotion,
  }
  return { client, advance, project: 'p', name: 'w' } as OpenWorkspace
}

const seen: string[] = []
const options = {
  timeoutMs: 5_000,
  until: 'approval' as const,
  onState: ({ state }: Promotion) => void seen.push(state),
  now: () => new Date(),
}

test('it watches until people must decide, and tells each state once', async () => {
  const workspace = workspaceGoing(['requested', 'requested', 'awaiting_approval', 'completed'])
  expect((await settle(workspace, 'id', options)).state).toBe('awaiting_approval')
  expect(seen).toEqual(['requested', 'awaiting_approval'])
})

test('until the end it goes on over people', async () => {
  const workspace = workspaceGoing(['awaiting_approval', 'completed'])
  expect((await settle(workspace, 'id', { ...options, until: 'end' })).state).toBe('completed')
})

test('in an embedded workspace it does the work before it looks', async () => {
  const states: PromotionState[] = ['requested']
  const workspace = workspaceGoing(states, async (id) => {
    expect(id).toBe('id')
    states[0] = 'completed'
  })
  expect((await settle(workspace, 'id', options)).state).toBe('completed')
})

test('when the time is over it hands back what is there', async () => {
  expect((await settle(workspaceGoing(['approved']), 'id', { ...options, timeoutMs: 0 })).state).toBe('approved')
})
