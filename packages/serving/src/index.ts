export type { AnsweredBatch, Observer } from './answer/answered-batch.ts'
export { type LoadedVersion, loadVersion } from './answer/loaded-version.ts'
export { openModelChecks } from './answer/names-in-thread.ts'
export { JUST_STARTED, type Line } from './answer/router.ts'
export type { ServiceLog, ServiceOptions } from './answer/serving.ts'
export { type Service, startService } from './answer/start-service.ts'
export { type Contact, type Following, type FollowOptions, followTarget, type Team } from './follow/follow-target.ts'
export { type KeptBytes, openKeptBytes } from './follow/kept-bytes.ts'
export { type KeptTarget, keptTarget } from './follow/kept-target.ts'
export { type GuardsOptions, type LiveGuards, openGuards } from './live/open-guards.ts'
export { openShadow, type Shadow, type ShadowOptions, type ShadowState } from './live/shadow.ts'
export type { ServedCode } from './live/shadow-process.ts'
export { exposeLogCounts } from './log/expose-counts.ts'
export { openPredictionLog, type PredictionLog, type PredictionLogOptions } from './log/open-prediction-log.ts'
export {
  ALIVE_EVERY_MS,
  type ServiceLayout,
  type ServiceMessage,
  type SupervisorMessage,
} from './supervise/service-messages.ts'
export { startSupervisor, stopSupervisor, supervisorOf } from './supervise/start-supervisor.ts'
export { supervise, supervisorFiles } from './supervise/supervise.ts'
export { readSupervisorState, type SupervisorState } from './supervise/supervisor-state.ts'
export { type Monitor, type MonitorOptions, openMonitor } from './watch/open-monitor.ts'
export { readProfile } from './watch/read-profile.ts'
export { type DriftHooks, type DriftHooksOptions, runDriftHooks } from './watch/run-drift-hooks.ts'
export type { WatchMessage, WatchTeam } from './watch/watch-team.ts'
export type { JudgedWindow } from './watch/watched-version.ts'
