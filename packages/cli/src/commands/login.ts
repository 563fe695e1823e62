import { text } from 'node:stream/consumers'
import { PlatformError } from '@airlock-ml/contract'
import type { Context } from '../context.ts'
import { offerDecisionKey } from '../decision-key/offer.ts'
import { jobToken } from '../identity/job-token.ts'
import { askSecret, linesOf } from '../identity/secrets.ts'
import { command } from '../manifest/command.ts'
import { rolesText } from '../output/show.ts'
import { openProjectFolder } from '../project/config.ts'
import { setDefaultIdentity, storeCredential } from '../project/credentials.ts'
import { updateSession } from '../project/session.ts'
import { openWorkspace } from '../workspace/open.ts'

export default command({
  name: 'login',
  summary: 'Sign in to a workspace, which later commands then mean',
  description: `With a key it checks the key and stores it in .airlock/credentials.json, readable by you alone. Without one it takes
the key that is stored, of --as NAME or of whoever signed in last. With --name it asks for that user's password. A person who has none gets a decision key, which signs
what they approve: its private half stays in .airlock/decision-keys/, its public half is registered.`,
  args: { workspace: { summary: 'Workspace' } },
  options: {
    url: { value: 'URL', summary: 'Address of the workspace, where airlock.config.ts does not give it' },
    apiKey: { value: 'KEY', summary: 'API key; other users of this machine may see it, so rather:' },
    apiKeyStdin: { summary: 'Read the API key from stdin' },
    oidc: { summary: 'In a GitHub Actions job: exchange its OpenID Connect token for a key of 15 minutes' },
    name: { value: 'NAME', summary: 'Sign in by password, as this user: for a key of 12 hours' },
    passwordStdin: { summary: 'Read that password from stdin and do not ask for it' },
    audience: { value: 'TEXT', summary: 'Audience of that token (default: airlock://WORKSPACE)' },
  },
  examples: [
    'airlock login enterprise-dev-staging --as ada',
    'airlock login enterprise-production --name ada',
    'airlock login enterprise-production --oidc',
    'echo "$AIRLOCK_DEV_STAGING_API_KEY" | airlock login enterprise-dev-staging --api-key-stdin',
  ],
  run: async ({ args, options, context }) => {
    const given = await givenKey({ workspace: args.workspace, ...options }, context)
    if (given === '') throw new PlatformError('cli_usage_invalid', 'The API key is empty.')
    const { dir } = await openProjectFolder(context.cwd)
    const opened = await openWorkspace(context, args.workspace, { url: options.url, apiKey: given })
    const answer = await opened.client.whoami()
    const identity = answer.actor.name
    const workspace = opened.name
    if (given) await storeCredential(dir, { workspace, identity, apiKey: given, makeDefault: true })
    else if (!context.env.AIRLOCK_API_KEY) await setDefaultIdentity(dir, workspace, identity)
    await updateSession(dir, (session) => ({
      ...session,
      workspace,
      ...(options.url ? { urls: { ...session.urls, [workspace]: options.url } } : {}),
    }))
    const decisionKey = await offerDecisionKey(opened, context, answer.actor)
    return {
      data: { workspace, ...answer, decisionKey },
      text: () => `signed in to ${workspace} as ${identity}, with ${rolesText(answer.roles) || 'no role'}`,
    }
  },
})

type Given = {
  workspace: string
  url: string | undefined
  apiKey: string | undefined
  apiKeyStdin: boolean
  oidc: boolean
  audience: string | undefined
  name: string | undefined
  passwordStdin: boolean
}

/** The key that was given, read, or got for a password or the token of the job. */
async function givenKey(given: Given, context: Context): Promise<string | undefined> {
  if (given.apiKeyStdin) return (await text(context.stdin)).trim()
  if (given.passwordStdin && !given.name)
    throw new PlatformError('cli_usage_invalid', '--password-stdin needs the --name of whose password it is.')
  if (!given.oidc && !given.name) return given.apiKey
  const { client, name } = await openWorkspace(context, given.workspace, { url: given.url, apiKey: null })
  if (given.name) {
    const password = given.passwordStdin
      ? ((await linesOf(context.stdin))[0] ?? '')
      : await askSecret(context, { what: `Password of ${given.name} in ${name}`, instead: '--password-stdin' })
    return (await client.signIn({ body: { name: given.name, password } })).secret
  }
  const token = await jobToken(context, given.audience ?? `airlock://${name}`)
  return (await client.exchangeToken({ body: { token } })).secret
}
