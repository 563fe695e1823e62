import assert from 'node:assert/strict'
import type { Page, User, Workspace } from '@airlock-ml/contract'
import type { Chapter } from '../demo.ts'
import { DEV, PRODUCTION } from '../names.ts'

export const twoWorkspaces: Chapter = {
  title: 'Two workspaces and who may do what in them',
  run: async ({ say, airlock, ask }) => {
    say(`Two workspaces, each with its own database, artifact store, signing key and audit log. ${PRODUCTION} is told to
trust the key of ${DEV}, and the policies in governance/policies/ are put in force.`)
    await airlock('init --workspaces-only --admin ada')

    say('Alice builds models. The service account ci is hers: it and she count as one person. Bob may approve.')
    for (const workspace of [DEV, PRODUCTION]) {
      await airlock(`user create alice --role ml-engineer --role approver --workspace ${workspace}`)
      await airlock(`service-account create ci --owner alice --role ml-engineer --workspace ${workspace}`)
      for (const name of ['alice', 'ci']) await airlock(`api-key create ${name} --store --workspace ${workspace}`)
    }
    await airlock(`user create bob --role approver --workspace ${PRODUCTION}`)
    await airlock(`api-key create bob --store --workspace ${PRODUCTION}`)

    say(`What people approve they sign, each with a key of their own. It is made on their machine, as \`airlock login\` does
too, and never leaves it; ${PRODUCTION} is told its public half.`)
    for (const name of ['alice', 'bob']) await airlock(`decision-key register --as ${name} --workspace ${PRODUCTION}`)

    say(`Grace is the second admin of ${PRODUCTION}. From the moment both admins have their key, four eyes are in force: what
loosens a policy, trust or a role takes them both, for good.`)
    await airlock(`user create grace --role platform-admin:* --workspace ${PRODUCTION}`)
    await airlock(`api-key create grace --store --workspace ${PRODUCTION}`)
    for (const name of ['ada', 'grace']) await airlock(`decision-key register --as ${name} --workspace ${PRODUCTION}`)
    await airlock(`user list --workspace ${PRODUCTION}`)

    const { items } = await ask<Page<User>>(`user list --workspace ${PRODUCTION}`)
    assert.deepEqual(items.map(({ name }) => name).sort(), ['ada', 'alice', 'bob', 'grace'])
    assert.ok((await ask<Workspace>(`workspace show ${PRODUCTION}`)).fourEyesSince)
  },
}
