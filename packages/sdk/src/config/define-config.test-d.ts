import { defineConfig, type ProjectConfig } from '@airlock-ml/sdk/config'

const local = [
  { type: 'orchestrator', flavor: 'local' },
  { type: 'artifact_store', flavor: 'local' },
] as const
const workspaces = {
  dev: { stacks: { 'dev-stack': { labels: { team: 'ml' }, components: local } } },
  prod: { stacks: { 'gcp-stack': { components: local } }, trusts: ['dev'], url: 'https://airlock.example.org' },
}
const named = { project: 'p', exchange: '.airlock/exchange', workspaces }

export const whole = defineConfig({
  ...named,
  environments: {
    local: { workspace: 'dev', stack: 'dev-stack', config: 'configs/local.yaml' },
    production: { workspace: 'prod', stack: 'gcp-stack', config: 'configs/production.yaml' },
  },
  pipelines: 'src/pipelines',
  hooks: { success: ['hooks/a.ts'], failure: [] },
})
export const forgotten: ProjectConfig = whole

export const inline = defineConfig({
  project: 'p',
  exchange: 'x',
  workspaces: { dev: { stacks: { 'dev-stack': { components: [{ type: 'orchestrator', flavor: 'local' }] } } } },
  environments: { local: { workspace: 'dev', stack: 'dev-stack', config: 'c' } },
})

// @ts-expect-error no such workspace
defineConfig({ ...named, environments: { local: { workspace: 'deev', stack: 'dev-stack', config: 'c' } } })
// @ts-expect-error a stack of another workspace
defineConfig({ ...named, environments: { local: { workspace: 'dev', stack: 'gcp-stack', config: 'c' } } })
// @ts-expect-error no such environment
defineConfig({ ...named, environments: { lokal: { workspace: 'dev', stack: 'dev-stack', config: 'c' } } })
// @ts-expect-error no such setting
defineConfig({ ...named, environments: {}, pipeline: 'src' })
