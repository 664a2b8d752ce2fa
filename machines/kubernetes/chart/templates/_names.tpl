{{/* Names, labels and what every pod has. `component` is the service's name, or realtime, worker, postgres… */}}
{{- define "dropmate.name" -}}
{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- end }}

{{- define "dropmate.selector" -}}
app.kubernetes.io/name: dropmate
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "dropmate.labels" -}}
{{ include "dropmate.selector" . }}
app.kubernetes.io/version: {{ .root.Values.images.tag | default .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- with .role }}
dropmate/role: {{ . }}
{{- end }}
{{- end }}

{{- define "dropmate.image" -}}
{{ .root.Values.images.prefix }}-{{ .image }}:{{ .root.Values.images.tag | default .root.Chart.AppVersion }}
{{- end }}

{{- define "dropmate.databaseUrl" -}}
{{- if .Values.postgres.enabled -}}
postgres://{{ include "dropmate.name" . }}-postgres:5432/{{ .Values.postgres.database }}
{{- else -}}
{{ required "database.url must be set, or postgres.enabled" .Values.database.url }}
{{- end -}}
{{- end }}

{{/* The most that the API and the workers may open to Postgres. */}}
{{- define "dropmate.connections" -}}
{{- $pods := 0 }}
{{- range $service := .Values.services }}
{{- $scaling := mergeOverwrite (deepCopy $.Values.functions.autoscaling) ($service.autoscaling | default dict) }}
{{- $pods = add $pods ($scaling.enabled | ternary $scaling.max ($service.replicas | default $.Values.functions.replicas)) }}
{{- end }}
{{- mul 20 (add $pods .Values.worker.replicas) }}
{{- end }}

{{- define "dropmate.fromSecret" -}}
{ name: {{ .key }}, valueFrom: { secretKeyRef: { name: {{ .secret }}, key: {{ .key }} } } }
{{- end }}

{{- define "dropmate.env" -}}
{{- range $name, $value := . }}
- { name: {{ $name }}, value: {{ $value | quote }} }
{{- end }}
{{- end }}
