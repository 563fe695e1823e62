import { isHeld } from '@airlock-ml/contract'
import { heldResult } from '../../change/print.ts'
import { registerOwnKey } from '../../decision-key/register.ts'
import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'decision-key register',
  summary: 'Make and register your own decision key, which signs what you approve',
  description: `As \`airlock login\` does, without changing who acts by default. The private half stays in .airlock/decision-keys/,
readable by you alone; run again, it registers the same one.`,
  examples: ['airlock decision-key register --as bob --workspace enterprise-production'],
  run: async ({ context }) => {
    const workspace = await openWorkspace(context)
    const { actor } = await workspace.client.whoami()
    const key = await registerOwnKey(workspace, actor.name)
    if (isHeld(key)) return heldResult(key, { context, workspace: workspace.name })
    return { data: key, text: () => `${key.person} signs decisions in ${workspace.name} with key ${key.fingerprint}` }
  },
})
