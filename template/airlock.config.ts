import { defineConfig } from '@airlock-ml/sdk/config'

export default defineConfig({
  project: 'cancer-detection',
  exchange: '.airlock/exchange',
  // What each stack is made of stands in governance/stacks.yaml.
  workspaces: {
    'enterprise-dev-staging': {
      stacks: { 'dev-stack': {}, 'staging-stack': {} },
    },
    'enterprise-production': {
      stacks: { 'gcp-stack': {} },
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
    drift: ['governance/hooks/announce-drift.ts'],
  },
})
