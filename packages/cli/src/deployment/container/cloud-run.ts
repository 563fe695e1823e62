import type { Deployment } from '@airlock-ml/contract'
import { CONTAINER_PORT, containerEnv } from './image.ts'

export type CloudRunOptions = {
  deployment: Pick<Deployment, 'name' | 'project' | 'model' | 'settings'>
  image: string
  workspaceUrl: string
  /** Name of the secret in Secret Manager that holds the service's secret. */
  secretName: string
  /** Where applications reach it, once that is known. */
  url: string | null
}

/**
 * A service of Cloud Run as its YAML has it. One instance, always there with its processor: a service that is started
 * for a request has not loaded its model, and one that is put to sleep hears of no recall.
 */
export function cloudRunService({ deployment, image, workspaceUrl, secretName, url }: CloudRunOptions): object {
  const { name, project, model, settings } = deployment
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name, labels: { 'airlock-project': project, 'airlock-model': model } },
    spec: {
      template: {
        metadata: {
          annotations: {
            'autoscaling.knative.dev/minScale': '1',
            'autoscaling.knative.dev/maxScale': '1',
            'run.googleapis.com/cpu-throttling': 'false',
          },
        },
        spec: {
          timeoutSeconds: Math.max(1, Math.ceil(settings.limits.timeoutMs / 1_000)),
          containers: [
            {
              image,
              ports: [{ containerPort: CONTAINER_PORT }],
              env: [
                { name: containerEnv.workspaceUrl, value: workspaceUrl },
                { name: containerEnv.secret, valueFrom: { secretKeyRef: { name: secretName, key: 'latest' } } },
                ...(url === null ? [] : [{ name: containerEnv.url, value: url }]),
              ],
              resources: { limits: { cpu: '1', memory: '1Gi' } },
              startupProbe: { ...probe('/healthz'), periodSeconds: 2, failureThreshold: 30 },
              livenessProbe: { ...probe('/healthz'), periodSeconds: 10, failureThreshold: 3 },
            },
          ],
        },
      },
    },
  }
}

const probe = (path: string) => ({ httpGet: { path, port: CONTAINER_PORT }, timeoutSeconds: 2 })
