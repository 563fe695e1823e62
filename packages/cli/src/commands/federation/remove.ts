import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'federation remove',
  summary: 'Stop taking the tokens of a rule, and end the keys they were exchanged for, at once',
  args: { rule: { summary: 'Rule, as `airlock federation list` prints it' } },
  options: { reason: { value: 'TEXT', summary: 'Why, for the record', required: true } },
  examples: [
    'airlock federation remove 01a20c63-b4b3-73ba-b99d-d97e41094bd5 --reason "Workflow moved" --workspace enterprise-production',
  ],
  run: async ({ args, options, context }) => {
    const { client, name } = await openWorkspace(context)
    const rule = await client.removeFederationRule({ ruleId: args.rule, body: { reason: options.reason } })
    return { data: rule, text: () => `${name} takes no more tokens by rule ${rule.id} (${rule.serviceAccount})` }
  },
})
