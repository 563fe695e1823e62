import { defineConfig } from '@airlock-ml/sdk/config'

const local = [
  { type: 'orchestrator', flavor: 'local' },
  { type: 'artifact_store', flavor: 'local' },
] as const

export default defineConfig({
  project: 'cancer-detection',
  exchange: '.airlock/exchange',
  workspaces: {
    'enterprise-dev-staging': {
      stacks: {
        'dev-stack': { labels: { environment: 'development' }, components: local },
        'staging-stack': { labels: { environment: 'staging' }, components: local },
      },
    },
    'enterprise-production': {
      stacks: {
        'gcp-stack': { labels: { environment: 'production' }, components: local },
      },
      trusts: ['enterprise-dev-staging'],
      fourEyes: true,
    },
  },
  environments: {
    local: { workspace: 'enterprise-dev-staging', stack: 'dev-stack', config: 'configs/local.yaml' },
    staging: { workspace: 'enterprise-dev-staging', stack: 'staging-stack', config: 'configs/staging.yaml' },
    production: { workspace: 'enterprise-production', stack: 'gcp-stack', config: 'configs/production.yaml' },
  },
  hooks: {
    success: ['governance/hooks/announce-success.ts'],
    failure: ['governance/hooks/announce-failure.ts'],
  },
})
