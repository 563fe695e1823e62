import {
  artifactRoutes,
  auditRoutes,
  changeRoutes,
  checkpointRoutes,
  comparisonDefinitionRoutes,
  comparisonRoutes,
  costRoutes,
  decisionKeyRoutes,
  deploymentRoutes,
  driftHookRoutes,
  federationRoutes,
  historyRoutes,
  identityRoutes,
  liveComparisonRoutes,
  modelRoutes,
  monitoringRoutes,
  type PlatformError,
  passwordRoutes,
  performanceRoutes,
  pipelineRoutes,
  policyRoutes,
  predictionRoutes,
  projectRoutes,
  promotionRoutes,
  recallRoutes,
  retentionRoutes,
  runRoutes,
  stackRoutes,
  stepCacheRoutes,
  traceRoutes,
  trustRoutes,
  workspaceRoutes,
} from '@airlock-ml/contract'
import { artifactHandlers } from './artifacts/routes.ts'
import { recordRefusal } from './audit/refusals.ts'
import { auditHandlers } from './audit/routes.ts'
import { heldHandlers } from './changes/hold.ts'
import { changeHandlers } from './changes/routes.ts'
import { checkpointHandlers } from './checkpoints/routes.ts'
import { comparisonDefinitionHandlers, comparisonHandlers } from './comparisons/routes.ts'
import { costHandlers } from './costs/routes.ts'
import { createOnce } from './db/create-once.ts'
import { decisionKeyHandlers } from './decision-keys/routes.ts'
import { monitoringHandlers } from './deployments/monitoring-routes.ts'
import { deploymentHandlers } from './deployments/routes.ts'
import type { Deps } from './deps.ts'
import { driftHookHandlers } from './drift-hooks/routes.ts'
import { federationHandlers } from './federation/routes.ts'
import { historyHandlers } from './history/routes.ts'
import { createHttp } from './http/create-http.ts'
import type { HttpApp } from './http/in-process.ts'
import { type Guards, mount } from './http/mount.ts'
import { serveOpenapi } from './http/openapi.ts'
import { authenticate } from './identity/authenticate.ts'
import { failedSignIns } from './identity/failed-sign-ins.ts'
import { identityHandlers } from './identity/routes.ts'
import type { ServerLog } from './log.ts'
import { modelHandlers } from './models/routes.ts'
import { passwordHandlers } from './passwords/routes.ts'
import { pipelineHandlers } from './pipelines/routes.ts'
import { policyHandlers } from './policies/routes.ts'
import { liveComparisonHandlers } from './predictions/compare.ts'
import { performanceHandlers } from './predictions/performance.ts'
import { predictionHandlers } from './predictions/routes.ts'
import { authorize } from './projects/authorize.ts'
import { projectHandlers } from './projects/routes.ts'
import { promotionHandlers } from './promotions/routes.ts'
import { recallHandlers } from './recalls/routes.ts'
import { retentionHandlers } from './retention/routes.ts'
import { runHandlers } from './runs/routes.ts'
import { stackHandlers } from './stacks/routes.ts'
import { stepCacheHandlers } from './step-cache/routes.ts'
import { traceHandlers } from './trace/routes.ts'
import { trustHandlers } from './trust/routes.ts'
import { workspaceHandlers } from './workspace/routes.ts'
import { findWorkspace } from './workspace/store.ts'

/** The composition root: the only file that knows every slice. */
export function createApp(
  deps: Deps,
  {
    log,
    isDraining = () => false,
    tellsCauses = false,
    onChange = () => {},
  }: { log: ServerLog; isDraining?: () => boolean; tellsCauses?: boolean; onChange?: () => void },
): HttpApp {
  const isReady = async () => (await findWorkspace(deps.db).catch(() => undefined)) !== undefined
  const app = createHttp({ isDraining, isReady, tellsCauses }, { newId: deps.newId, log })
  const strangers = failedSignIns(deps)
  const guards: Guards = {
    authenticate: async (authorization) => {
      const caller = await authenticate(deps, authorization)
      if (!caller && authorization !== undefined) await strangers.failed()
      return caller
    },
    authorize: (caller, route, project) => authorize(deps, caller, route, project),
    createOnce: createOnce(deps.db, deps.now),
    onRefusal: async (refusal) => {
      if (isFailedSignIn(refusal.error)) await strangers.failed()
      await recordRefusal(deps, refusal)
    },
    onChange: () => {
      deps.bell.ring()
      onChange()
    },
    newId: deps.newId,
  }
  serveOpenapi(app)
  const held = heldHandlers(deps)
  mount(app, workspaceRoutes, workspaceHandlers(deps), guards)
  mount(app, auditRoutes, auditHandlers(deps), guards)
  mount(app, checkpointRoutes, checkpointHandlers(deps), guards)
  mount(app, identityRoutes, { ...identityHandlers(deps), ...held }, guards)
  mount(app, passwordRoutes, passwordHandlers(deps), guards)
  mount(app, decisionKeyRoutes, { ...decisionKeyHandlers(deps), ...held }, guards)
  mount(app, federationRoutes, { ...federationHandlers(deps), ...held }, guards)
  mount(app, trustRoutes, { ...trustHandlers(deps), ...held }, guards)
  mount(app, projectRoutes, projectHandlers(deps), guards)
  mount(app, stackRoutes, stackHandlers(deps), guards)
  mount(app, pipelineRoutes, pipelineHandlers(deps), guards)
  mount(app, artifactRoutes, artifactHandlers(deps), guards)
  mount(app, modelRoutes, modelHandlers(deps), guards)
  mount(app, comparisonDefinitionRoutes, { ...comparisonDefinitionHandlers(deps), ...held }, guards)
  mount(app, comparisonRoutes, comparisonHandlers(deps), guards)
  mount(app, runRoutes, runHandlers(deps), guards)
  mount(app, costRoutes, costHandlers(deps), guards)
  mount(app, stepCacheRoutes, stepCacheHandlers(deps), guards)
  mount(app, policyRoutes, { ...policyHandlers(deps), ...held }, guards)
  mount(app, changeRoutes, changeHandlers(deps), guards)
  mount(app, promotionRoutes, promotionHandlers(deps), guards)
  mount(app, traceRoutes, traceHandlers(deps), guards)
  mount(app, historyRoutes, historyHandlers(deps), guards)
  mount(app, recallRoutes, recallHandlers(deps), guards)
  mount(app, retentionRoutes, retentionHandlers(deps), guards)
  mount(app, performanceRoutes, performanceHandlers(deps), guards)
  mount(app, liveComparisonRoutes, liveComparisonHandlers(deps), guards)
  mount(app, predictionRoutes, predictionHandlers(deps), guards)
  mount(app, deploymentRoutes, { ...deploymentHandlers(deps), ...held }, guards)
  mount(app, monitoringRoutes, monitoringHandlers(deps), guards)
  mount(app, driftHookRoutes, driftHookHandlers(deps), guards)
  return app
}

const isFailedSignIn = ({ code }: PlatformError) => code === 'federation_token_refused' || code === 'sign_in_refused'
