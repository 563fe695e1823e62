import { isHeld } from '@airlock-ml/contract'
import { heldResult } from '../../change/print.ts'
import { claimsOf } from '../../identity/claims.ts'
import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'federation create',
  summary: 'Let tokens of an OpenID Connect issuer, as GitHub Actions, sign a service account in',
  description: `A job then needs no stored key: it exchanges the token of its run (\`airlock login W --oidc\`), and what it runs
counts as witnessed. A rule must bind to what nobody can take over: for GitHub Actions repository_id and
job_workflow_ref, elsewhere sub.`,
  options: {
    issuer: { value: 'URL', summary: 'Issuer of the tokens', default: 'https://token.actions.githubusercontent.com' },
    audience: { value: 'TEXT', summary: 'Audience of the tokens: name this workspace', required: true },
    claim: { value: 'NAME=TEXT', many: true, summary: 'A claim the token must carry' },
    serviceAccount: { value: 'NAME', summary: 'Who it signs in', required: true },
  },
  examples: [
    'airlock federation create --service-account ci --audience airlock://enterprise-production --claim repository_id=8812345 --claim job_workflow_ref=bank/models/.github/workflows/promote.yml@refs/heads/main --claim environment=production',
  ],
  run: async ({ options, context }) => {
    const { issuer, audience, serviceAccount } = options
    const claims = claimsOf(options.claim)
    const { client, name } = await openWorkspace(context)
    const rule = await client.createFederationRule({ body: { issuer, audience, claims, serviceAccount } })
    if (isHeld(rule)) return heldResult(rule, { context, workspace: name })
    return { data: rule, text: () => `rule ${rule.id}: ${issuer} may sign ${serviceAccount} in to ${name}` }
  },
})
