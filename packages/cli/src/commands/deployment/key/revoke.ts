import { allItems } from '@airlock-ml/client'
import { PlatformError } from '@airlock-ml/contract'
import { command } from '../../../manifest/command.ts'
import { openWorkspace } from '../../../workspace/open.ts'

export default command({
  name: 'deployment key revoke',
  summary: 'Revoke a key of a deployment; its service refuses it within a moment',
  args: { deployment: { summary: 'Deployment' }, key: { summary: 'Name of the key, or its id' } },
  examples: ['airlock deployment key revoke cancer-api clinic-portal --workspace enterprise-production'],
  run: async ({ args, context }) => {
    const { client, project } = await openWorkspace(context)
    const path = { project, deployment: args.deployment }
    for await (const { id, name, revokedAt } of allItems(client.listDeploymentKeys, { ...path, limit: 200 })) {
      if (id !== args.key && (name !== args.key || revokedAt !== null)) continue
      const revoked = await client.revokeDeploymentKey({ ...path, keyId: id })
      return { data: revoked, text: () => `key ${name} opens nothing more at ${args.deployment}` }
    }
    throw new PlatformError('deployment_key_not_found', `${args.deployment} has no key ${args.key} that is in force.`)
  },
})
