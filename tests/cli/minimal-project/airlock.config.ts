import { defineConfig } from '@airlock-ml/sdk/config'

const local = {
  components: [
    { type: 'orchestrator', flavor: 'local' },
    { type: 'artifact_store', flavor: 'local' },
  ],
} as const

export default defineConfig({
  project: 'cancer-detection',
  exchange: '.airlock/exchange',
  workspaces: {
    'enterprise-dev-staging': { stacks: { 'dev-stack': local, 'staging-stack': local } },
    'enterprise-production': { stacks: { 'gcp-stack': local }, trusts: ['enterprise-dev-staging'], fourEyes: true },
  },
  environments: {
    local: { workspace: 'enterprise-dev-staging', stack: 'dev-stack', config: 'configs/all.yaml' },
    staging: { workspace: 'enterprise-dev-staging', stack: 'staging-stack', config: 'configs/all.yaml' },
    production: { workspace: 'enterprise-production', stack: 'gcp-stack', config: 'configs/all.yaml' },
  },
  hooks: { success: ['governance/hooks/announce.ts'] },
})
