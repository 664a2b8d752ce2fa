{{/* What all pods have but their containers. `user` is another for Postgres's images. */}}
{{- define "dropmate.pod" -}}
{{- $values := .root.Values -}}
serviceAccountName: {{ .account | default (include "dropmate.name" .root) }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with $values.images.pullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
{{- if $values.pods.securityContext }}
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .user | default $values.pods.user | int }}
  runAsGroup: {{ .user | default $values.pods.user | int }}
  fsGroup: {{ .user | default $values.pods.user | int }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: { type: RuntimeDefault }
{{- end }}
{{- if and $values.pods.spread .spread }}
topologySpreadConstraints:
  {{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{ include "dropmate.selector" $ | nindent 8 }}
  {{- end }}
{{- end }}
{{- with $values.pods.nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with $values.pods.tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "dropmate.containerSecurity" -}}
{{- if .Values.pods.securityContext }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end }}
{{- end }}

{{/* `port` is the probes'; startup is a minute, since the database may be slow to wake. */}}
{{- define "dropmate.probes" -}}
startupProbe:
  httpGet: { path: /healthz, port: {{ .port }} }
  periodSeconds: 2
  failureThreshold: 30
readinessProbe:
  httpGet: { path: /readyz, port: {{ .port }} }
  periodSeconds: 5
  timeoutSeconds: 3
  failureThreshold: 2
livenessProbe:
  httpGet: { path: /healthz, port: {{ .port }} }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 3
{{- end }}

{{- define "dropmate.tmpMount" -}}
{{- if .Values.pods.tmp }}
volumeMounts:
  - { name: tmp, mountPath: /tmp }
{{- end }}
{{- end }}

{{- define "dropmate.tmpVolume" -}}
{{- if .Values.pods.tmp }}
volumes:
  - { name: tmp, emptyDir: { sizeLimit: 256Mi } }
{{- end }}
{{- end }}
