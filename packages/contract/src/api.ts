import { artifactRoutes } from './artifacts.ts'
import { auditRoutes } from './audit.ts'
import { changeRoutes } from './changes.ts'
import { checkpointRoutes } from './checkpoints.ts'
import { comparisonDefinitionRoutes } from './comparison-definitions.ts'
import { comparisonRoutes } from './comparisons.ts'
import { costRoutes } from './cost-report.ts'
import { decisionKeyRoutes } from './decision-keys.ts'
import { deploymentRoutes } from './deployments.ts'
import { driftHookRoutes } from './drift-hooks.ts'
import { federationRoutes } from './federation.ts'
import { historyRoutes } from './history.ts'
import { identityRoutes } from './identity.ts'
import { liveComparisonRoutes } from './live-comparisons.ts'
import { modelRoutes } from './models.ts'
import { monitoringRoutes } from './monitoring.ts'
import { passwordRoutes } from './passwords.ts'
import { performanceRoutes } from './performance.ts'
import { pipelineRoutes } from './pipelines.ts'
import { policyRoutes } from './policies.ts'
import { predictionRoutes } from './predictions.ts'
import { projectRoutes } from './projects.ts'
import { promotionRoutes } from './promotions.ts'
import { recallRoutes } from './recalls.ts'
import { retentionRoutes } from './retention.ts'
import { runRoutes } from './runs.ts'
import { stackRoutes } from './stacks.ts'
import { stepCacheRoutes } from './step-cache.ts'
import { traceRoutes } from './trace.ts'
import { trustRoutes } from './trust.ts'
import { workspaceRoutes } from './workspace.ts'

/** The whole API: every route by its operation id. */
export const api = {
  ...workspaceRoutes,
  ...auditRoutes,
  ...checkpointRoutes,
  ...identityRoutes,
  ...passwordRoutes,
  ...decisionKeyRoutes,
  ...federationRoutes,
  ...trustRoutes,
  ...projectRoutes,
  ...stackRoutes,
  ...pipelineRoutes,
  ...artifactRoutes,
  ...modelRoutes,
  ...comparisonDefinitionRoutes,
  ...comparisonRoutes,
  ...runRoutes,
  ...costRoutes,
  ...stepCacheRoutes,
  ...policyRoutes,
  ...changeRoutes,
  ...promotionRoutes,
  ...traceRoutes,
  ...historyRoutes,
  ...recallRoutes,
  ...deploymentRoutes,
  ...monitoringRoutes,
  ...driftHookRoutes,
  ...retentionRoutes,
  ...predictionRoutes,
  ...performanceRoutes,
  ...liveComparisonRoutes,
}
export type Api = typeof api
